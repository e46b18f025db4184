/** What the red buttons' dialogs say. */

import { defineTexts } from "../../i18n/texts";

export const texts = defineTexts(
  {
    cut_title: "Cut this session?",
    cut_text:
      "{user} on {asset}: every connection ends at once. The way back stays blocked until somebody lifts the block.",
    cut_action: "Cut the session",
    cut_done: "Cut. The way back is blocked.",
    cut_all_title: "Cut all sessions",
    cut_all_who: "Whose",
    cut_all_vendor: "Vendors",
    cut_all_everybody: "Everybody",
    cut_all_where: "Where",
    cut_all_here: "{site}",
    cut_all_everywhere: "All sites",
    cut_all_text: {
      one: "{count} session ends at once. Its way back stays blocked until somebody lifts the block.",
      other: "{count} sessions end at once. Their ways back stay blocked until somebody lifts the blocks.",
    },
    cut_all_none: "Nothing would be cut now. A drill report is written all the same.",
    cut_all_action: "Cut them all",
    cut_count: { one: "{count} session cut", other: "{count} sessions cut" },
    cut_in: "in {time}",
    cut_measured: "It took {time} from your press to the broker's answer, as this browser measured it.",
    report_open: "Open the report",
    close: "Close",
    report: "Drill report",
  },
  {
    de: {
      cut_title: "Diese Sitzung trennen?",
      cut_text:
        "{user} auf {asset}: Jede Verbindung endet sofort. Der Weg zurück bleibt gesperrt, bis jemand die Sperre aufhebt.",
      cut_action: "Sitzung trennen",
      cut_done: "Getrennt. Der Weg zurück ist gesperrt.",
      cut_all_title: "Alle Sitzungen trennen",
      cut_all_who: "Wessen",
      cut_all_vendor: "Dienstleister",
      cut_all_everybody: "Alle",
      cut_all_where: "Wo",
      cut_all_here: "{site}",
      cut_all_everywhere: "Alle Standorte",
      cut_all_text: {
        one: "{count} Sitzung endet sofort. Der Weg zurück bleibt gesperrt, bis jemand die Sperre aufhebt.",
        other: "{count} Sitzungen enden sofort. Die Wege zurück bleiben gesperrt, bis jemand die Sperren aufhebt.",
      },
      cut_all_none: "Gerade würde nichts getrennt. Ein Trennbericht wird trotzdem geschrieben.",
      cut_all_action: "Alle trennen",
      cut_count: { one: "{count} Sitzung getrennt", other: "{count} Sitzungen getrennt" },
      cut_in: "in {time}",
      cut_measured: "Es dauerte {time} von Ihrem Druck bis zur Antwort des Brokers, gemessen in diesem Browser.",
      report_open: "Bericht öffnen",
      close: "Schließen",
      report: "Trennbericht",
    },
  },
);
