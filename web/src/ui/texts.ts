/** Texts of the shared components. The product's words for states, tiers and roles are in `words.ts`. */

import { defineTexts } from "../i18n/texts";

export const dialogFormTexts = defineTexts(
  { reason: "Reason", needed: "Say why: others will read it.", long: "At most {most} characters.", cancel: "Cancel" },
  {
    de: {
      reason: "Begründung",
      needed: "Bitte begründen Sie: andere werden es lesen.",
      long: "Höchstens {most} Zeichen.",
      cancel: "Abbrechen",
    },
  },
);

export const copyLineTexts = defineTexts(
  { copy: "Copy", copied: "Copied", not_copied: "Your browser did not let the page copy: select the text instead" },
  {
    de: {
      copy: "Kopieren",
      copied: "Kopiert",
      not_copied: "Ihr Browser hat das Kopieren nicht zugelassen: Markieren Sie den Text",
    },
  },
);

export const dialogTexts = defineTexts({ close: "Close" }, { de: { close: "Schließen" } });

export const loadedTexts = defineTexts({ loading: "Loading" }, { de: { loading: "Wird geladen" } });

export const moreTimeTexts = defineTexts(
  {
    more: "More time",
    own_title: "Ask for more time",
    title: "Propose more time",
    own_text: "The plant decides, as it did on the request.",
    text: "You propose it, so your own approval is given with it. Others may have to agree.",
    minutes: "Minutes",
    count: "{count} min",
    own_action: "Ask",
    action: "Propose",
    given: "The session has more time.",
    asked: "Asked. The session goes on meanwhile.",
  },
  {
    de: {
      more: "Mehr Zeit",
      own_title: "Um mehr Zeit bitten",
      title: "Mehr Zeit vorschlagen",
      own_text: "Der Betrieb entscheidet, wie beim Antrag.",
      text: "Sie schlagen es vor, damit ist Ihre eigene Zustimmung gegeben. Andere müssen vielleicht noch zustimmen.",
      minutes: "Minuten",
      count: "{count} Min.",
      own_action: "Bitten",
      action: "Vorschlagen",
      given: "Die Sitzung hat mehr Zeit.",
      asked: "Angefragt. Die Sitzung läuft inzwischen weiter.",
    },
  },
);

export const problemTexts = defineTexts(
  {
    retry: "Try again",
    code: "Code",
    request: "Request",
    wait: "Another try makes sense in {time}.",
    waited: "You can try again now.",
    fault: "Something on this page failed",
    fault_hint: "Load the page again. If it comes back, tell your admin what you did.",
    unreachable: "The broker does not answer",
    unreachable_hint: "Your network or the broker is away. What you typed stays here; try again in a moment.",
    not_ours: "The answer did not come from the broker",
    not_ours_hint:
      "Something between here and the broker, a proxy perhaps, answered in its place. Ask whoever runs it.",
  },
  {
    de: {
      retry: "Erneut versuchen",
      code: "Code",
      request: "Anfrage",
      wait: "Ein neuer Versuch lohnt sich in {time}.",
      waited: "Sie können es jetzt erneut versuchen.",
      fault: "Auf dieser Seite ist etwas fehlgeschlagen",
      fault_hint:
        "Laden Sie die Seite neu. Kommt der Fehler wieder, sagen Sie Ihrer Administration, was Sie getan haben.",
      unreachable: "Der Broker antwortet nicht",
      unreachable_hint:
        "Ihr Netz oder der Broker ist gerade nicht da. Ihre Eingaben bleiben hier stehen; versuchen Sie es gleich noch einmal.",
      not_ours: "Die Antwort kam nicht vom Broker",
      not_ours_hint:
        "Etwas zwischen hier und dem Broker, vielleicht ein Proxy, hat geantwortet. Fragen Sie dessen Betreiber.",
    },
  },
);

/** By the rule that a field breaks, as the broker names it. */
export const fieldProblemTexts = defineTexts(
  {
    missing: "This is needed.",
    string_too_long: { one: "At most {count} character.", other: "At most {count} characters." },
    string_too_short: { one: "At least {count} character.", other: "At least {count} characters." },
    string_pattern_mismatch: "This is not written as it should be.",
    greater_than: "This is too little.",
    greater_than_equal: "This is too little.",
    less_than: "This is too much.",
    less_than_equal: "This is too much.",
    too_long: "These are too many.",
    too_short: "These are too few.",
  },
  {
    de: {
      missing: "Diese Angabe fehlt.",
      string_too_long: { one: "Höchstens {count} Zeichen.", other: "Höchstens {count} Zeichen." },
      string_too_short: { one: "Mindestens {count} Zeichen.", other: "Mindestens {count} Zeichen." },
      string_pattern_mismatch: "Das entspricht nicht der vorgesehenen Form.",
      greater_than: "Das ist zu wenig.",
      greater_than_equal: "Das ist zu wenig.",
      less_than: "Das ist zu viel.",
      less_than_equal: "Das ist zu viel.",
      too_long: "Das sind zu viele.",
      too_short: "Das sind zu wenige.",
    },
  },
);

export const recordListTexts = defineTexts({ more: "Show more" }, { de: { more: "Weitere anzeigen" } });

export const recoveryCodesTexts = defineTexts(
  {
    title: "Keep your recovery codes",
    lead: "If your phone is lost, each of these lets you in once instead of a code. They are shown this one time. Keep them where your passwords are not.",
    codes: "Recovery codes",
    kept: "I have kept them",
    print: "Print",
  },
  {
    de: {
      title: "Wiederherstellungscodes aufbewahren",
      lead: "Geht Ihr Telefon verloren, lässt jeder dieser Codes Sie einmal statt eines App-Codes hinein. Sie werden nur jetzt gezeigt. Bewahren Sie sie getrennt von Ihren Passwörtern auf.",
      codes: "Wiederherstellungscodes",
      kept: "Ich habe sie aufbewahrt",
      print: "Drucken",
    },
  },
);

export const timesTexts = defineTexts(
  { zoned: "{time} in {zone}", yours: "{time} your time", over: "over", left: "{time} left" },
  { de: { zoned: "{time} in {zone}", yours: "{time} Ihrer Zeit", over: "abgelaufen", left: "noch {time}" } },
);

export const toastsTexts = defineTexts({ close: "Close" }, { de: { close: "Schließen" } });

export const rulesTexts = defineTexts(
  {
    opaque: "The content passes unseen and is recorded.",
    read_all: "Read everything",
    read_none: "Read nothing",
    read_some: "Read {objects}",
    write_all: "Write everything",
    write_none: "Write nothing",
    write_some: "Write {objects}",
    also: "And of that only:",
    between: "values {low} to {high}",
    step: "in steps of at most {step}",
    per_second: "by at most {change} a second",
    per_minute: "by at most {change} a minute",
    per_hour: "by at most {change} an hour",
    upload: "Read programs out of the device",
    units: "Sub-address {which} only",
    routes: "Route {which} only",
    read_first: "Values are read before they are written, where the protocol can",
    max_rate: "At most {count} requests a second",
    in_flight: "Up to {count} requests at a time",
    arm: "What was asked and approved may be repeated for {count} s",
    scan_throttle: "Slowed down beyond {limit} different objects in {seconds} s",
    scan_cut: "Cut beyond {limit} different objects in {seconds} s",
    asked_first: "Asked of the plant each time:",
  },
  {
    de: {
      opaque: "Der Inhalt wird ungeprüft durchgelassen und aufgezeichnet.",
      read_all: "Alles lesen",
      read_none: "Nichts lesen",
      read_some: "{objects} lesen",
      write_all: "Alles schreiben",
      write_none: "Nichts schreiben",
      write_some: "{objects} schreiben",
      also: "Und davon nur:",
      between: "Werte {low} bis {high}",
      step: "in Schritten von höchstens {step}",
      per_second: "um höchstens {change} pro Sekunde",
      per_minute: "um höchstens {change} pro Minute",
      per_hour: "um höchstens {change} pro Stunde",
      upload: "Programme aus dem Gerät auslesen",
      units: "Nur Unteradresse {which}",
      routes: "Nur Route {which}",
      read_first: "Werte werden vor dem Schreiben gelesen, wo das Protokoll es kann",
      max_rate: "Höchstens {count} Anfragen pro Sekunde",
      in_flight: "Bis zu {count} Anfragen gleichzeitig",
      arm: "Was angefragt und freigegeben wurde, darf {count} s lang wiederholt werden",
      scan_throttle: "Verlangsamt ab {limit} verschiedenen Objekten in {seconds} s",
      scan_cut: "Getrennt ab {limit} verschiedenen Objekten in {seconds} s",
      asked_first: "Jedes Mal beim Betrieb nachzufragen:",
    },
  },
);

export const fieldTexts = defineTexts({ clear: "Clear" }, { de: { clear: "Leeren" } });

export const momentFieldTexts = defineTexts(
  { by_clock: "{label} (clock of {zone})" },
  { de: { by_clock: "{label} (Uhr von {zone})" } },
);
