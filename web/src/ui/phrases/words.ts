/** Words that are put into what the broker says. */

import { defineTexts } from "../../i18n/texts";

/** What a session can sweep over, by the broker's word. */
export const sweepTexts = defineTexts(
  { objects: "objects", "sub-addresses": "sub-addresses", functions: "functions" },
  { de: { objects: "Objekte", "sub-addresses": "Unteradressen", functions: "Funktionen" } },
);
