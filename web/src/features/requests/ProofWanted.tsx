import type { Preview } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeDuration } from "../../i18n/times";
import { methodTexts } from "../../ui/words";
import classes from "./requests.module.css";
import { texts } from "./texts";

type Wanted = NonNullable<Preview["approvals"][number]["proof"]>;

/** What the members of a group must show before their yes counts. */
export function ProofWanted({ proof }: { readonly proof: Wanted }) {
  const t = useTexts(texts);
  const method = useTexts(methodTexts);
  const { language } = useLanguage();
  const methods = proof.methods
    .map((each) => (Object.hasOwn(methodTexts.en, each) ? method(each as keyof (typeof methodTexts)["en"]) : each))
    .join(t("or"));
  return (
    <span className={classes.hint}>
      {proof.max_age === null
        ? t("shows", { methods })
        : t("shows_fresh", { methods, age: writeDuration(proof.max_age, language) })}
    </span>
  );
}
