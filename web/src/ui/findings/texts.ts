/** What broker and agents find by themselves: in the chain of evidence, in what the broker needs, and why a site is locked. */

import english from "../../api/findings.json";
import { defineTexts } from "../../i18n/texts";

export const findingTexts = defineTexts(english, {
  de: {
    misplaced: "Glied {link} fehlt oder steht am falschen Platz (gefunden wurde {found})",
    unlinked: "Glied {link} folgt nicht aus Glied {before}",
    changed: "Glied {link} wurde geändert: Sein Hash passt nicht zu seinem Inhalt",
    other_hash: "Prüfpunkt {link} nennt einen anderen Hash als die Kette",
    bad_signature: "die Signatur des Prüfpunkts {link} stimmt nicht",
    cut_off: "die Kette endet bei {links}, aber ein signierter Prüfpunkt reicht bis {covered}",
    database: "die Datenbank antwortet nicht ({cause})",
    unlock_over: "die Zeit, für die entsperrt war, ist um",
    by_default: "gesperrt, solange niemand entsperrt",
  },
});
