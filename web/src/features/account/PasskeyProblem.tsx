import { PasskeyError } from "../../api/passkeys";
import { useTexts } from "../../i18n/language";
import { Problem } from "../../ui/Problem";
import { texts } from "./texts";

/** Why a passkey did not work: the browser's reasons in words, the broker's as any problem. */
export function PasskeyProblem({ error }: { readonly error: Error | null }) {
  const t = useTexts(texts);
  return error instanceof PasskeyError ? <p role="alert">{t(`passkey_${error.reason}`)}</p> : <Problem error={error} />;
}
