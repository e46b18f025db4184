import { detailTexts } from "../ends/texts";
import { faultTexts } from "../faults/texts";
import { speak } from "../phrases/speak";
import { refusalTexts } from "./texts";

const CATALOGUES = [refusalTexts, detailTexts, faultTexts];

/** What the broker says of a refusal or of a field, in German, or null where the words are not its own. */
export function tell(text: string): string | null {
  return CATALOGUES.reduce<string | null>((said, phrases) => said ?? speak(phrases, "de", text), null);
}
