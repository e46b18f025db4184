/** What stands on the red buttons: pages show it before anybody presses one. */

import { defineTexts } from "../../i18n/texts";

export const texts = defineTexts(
  {
    cut: "Cut",
    cut_of: "Cut the session of {user} on {asset}",
    cut_all: "Cut all vendor sessions",
  },
  {
    de: {
      cut: "Trennen",
      cut_of: "Sitzung von {user} auf {asset} trennen",
      cut_all: "Alle Dienstleister trennen",
    },
  },
);
