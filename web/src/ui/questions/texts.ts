import { defineTexts } from "../../i18n/texts";

export const texts = defineTexts(
  {
    title: "Sessions ask you",
    title_own: "You asked the plant",
    more: "and {count} more",
    expires: "Without an answer it is refused in",
    allow: "Allow once",
    allow_title: "Allow exactly this, once?",
    refuse: "Refuse",
    refuse_title: "Refuse this?",
    allowed: "Allowed: it passes once, if it is repeated in time.",
    refused: "Refused.",
    what: "{user} on {asset}: {operation}",
  },
  {
    de: {
      title: "Sitzungen fragen Sie",
      title_own: "Sie haben den Betrieb gefragt",
      more: "und {count} weitere",
      expires: "Ohne Antwort wird es abgelehnt in",
      allow: "Einmal erlauben",
      allow_title: "Genau dies einmal erlauben?",
      refuse: "Ablehnen",
      refuse_title: "Dies ablehnen?",
      allowed: "Erlaubt: Es geht einmal durch, wenn es rechtzeitig wiederholt wird.",
      refused: "Abgelehnt.",
      what: "{user} auf {asset}: {operation}",
    },
  },
);
