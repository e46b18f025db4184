import { describe, expect, test } from "vitest";

import { faultTexts } from "../src/ui/faults/texts";
import { parts } from "../src/i18n/texts";
import { detailTexts } from "../src/ui/ends/texts";
import { shortfallTexts } from "../src/ui/fingerprint/texts";
import { findingTexts } from "../src/ui/findings/texts";
import { recognise, speak, type Phrases } from "../src/ui/phrases/speak";
import { malformationTexts } from "../src/ui/reasons/malformations/texts";
import { tell } from "../src/ui/reasons/Reason";
import { reasonTexts } from "../src/ui/reasons/texts";
import { tell as tellRefusal } from "../src/ui/refusals/tell";
import { refusalTexts } from "../src/ui/refusals/texts";
import { sentenceTexts } from "../src/ui/sentences/texts";

/** What stands in the places, as the broker puts it there: objects have blanks and commas in them. */
const SAMPLES: Readonly<Record<string, string>> = {
  object: "tag Motor.Speed[3], is outside",
  reason: "more requests per second than allowed",
  tier: "operate",
  kind: "sub-addresses",
  seconds: "2.5",
  value: "'no: such'",
  words: "read, operate",
};
const sampleOf = (place: string) => SAMPLES[place] ?? `${place}-7/0a`;

const CATALOGUES: Readonly<Record<string, Phrases>> = {
  reasons: reasonTexts,
  malformations: malformationTexts,
  faults: faultTexts,
  ends: detailTexts,
  findings: findingTexts,
  shortfalls: shortfallTexts,
  refusals: refusalTexts,
};
const all = Object.entries(CATALOGUES).flatMap(([name, phrases]) =>
  Object.entries(phrases.en).map(([key, template]): [string, Phrases, string, string] => [
    `${name}.${key}`,
    phrases,
    key,
    template,
  ]),
);

describe("a text of the broker's", () => {
  test.each(all)("%s is known again, with its values", (_, phrases, key, template) => {
    const places = parts(template).filter((_part, index) => index % 2 === 1);
    const text = parts(template)
      .map((part, index) => (index % 2 === 0 ? part : sampleOf(part)))
      .join("");
    const values = Object.fromEntries(places.map((place) => [place, sampleOf(place)]));
    expect(recognise(phrases.en, text)).toEqual({ key, values });
    const said = speak(phrases, "de", text);
    for (const place of places.filter((name) => !["tier", "kind", "reason"].includes(name))) {
      expect(said).toContain(sampleOf(place));
    }
    expect(speak(phrases, "en", text)).toBe(text);
  });

  test.each([
    ["unit 5 is outside the fence", "die Unteradresse 5 liegt außerhalb des Zauns"],
    ["tier operate is not allowed", "die Stufe „Bedienen“ ist nicht erlaubt"],
    [
      "a value for holding 100 may lie outside its bounds, and what it is now is not known",
      "ein Wert für holding 100 kann außerhalb seiner Grenzen liegen, und der jetzige Wert ist nicht bekannt",
    ],
    [
      "the link to the device is not started: tier read is not allowed",
      "die Verbindung zum Gerät ist nicht gestartet: die Stufe „Lesen“ ist nicht erlaubt",
    ],
  ])("%s is said in German", (english, german) => {
    expect(speak(reasonTexts, "de", english)).toBe(german);
  });

  test("is not taken for one that only has a value of its own", () => {
    expect(speak(sentenceTexts, "de", "we are done for today")).toBeNull();
  });

  test("of many lines is one text", () => {
    expect(recognise({ tag: "tag {name}" }, "tag a\nb")).toEqual({ key: "tag", values: { name: "a\nb" } });
  });
});

describe("what a guard noted", () => {
  test("is said in German where it is one of the guards' texts", () => {
    expect(tell("the asset's side has ended", "de")).toBe("die Seite des Geräts ist beendet");
  });

  test.each([
    ["the byte count does not fit the quantity", "die Zahl der Bytes passt nicht zur Anzahl"],
    ["length 300 in the MBAP header, must be 2 to 254", "Länge 300 im MBAP-Kopf, sie muss zwischen 2 und 254 liegen"],
    ["the head of the complex_ack is cut off", "der Kopf der APDU „complex_ack“ ist abgeschnitten"],
    ["a block has the wrong checksum", "ein Block hat die falsche Prüfsumme"],
    [
      "a Forward Open cannot be read: segment 0xe0 of a path is not known",
      "ein Forward Open ist nicht zu lesen: das Segment 0xe0 eines Pfads ist nicht bekannt",
    ],
    ["7 bytes of text, must be 10", "7 Bytes Text, es müssen 10 sein"],
    ["cause 6 does not fit type 30", "die Übertragungsursache 6 passt nicht zum Typ 30"],
    ["a datagram of 2000 bytes, at most 1500", "ein Datagramm von 2000 Bytes, höchstens 1500 sind erlaubt"],
    ["4 bytes do not fit db10 4-7", "4 Bytes passen nicht zu db10 4-7"],
    ["device code a0 is none that is known", "der Operandencode a0 ist nicht bekannt"],
  ])("of a malformed message, %s, is said in German", (english, german) => {
    expect(tell(english, "de", malformationTexts)).toBe(german);
    expect(tell(english, "en", malformationTexts)).toBe(english);
  });

  test("of a malformed message has no German before its texts are there", () => {
    expect(tell("the byte count does not fit the quantity", "de")).toBeNull();
  });

  test("in words of a device's own has no German", () => {
    expect(tell("who knows", "de", malformationTexts)).toBeNull();
    expect(tell("who knows", "en")).toBe("who knows");
  });
});

describe("what the broker says of a refusal", () => {
  test.each([
    ["There is a group 'shift' already.", "Es gibt schon eine Gruppe 'shift'."],
    ["The site still has 2 assets and 1 agents.", "Am Standort gibt es noch etwas. Geräte: 2, Agenten: 1."],
    [
      "It is approved and cannot become denied.",
      "Der Stand ist „Freigegeben“, und „Abgelehnt“ ist von da aus nicht möglich.",
    ],
    [
      "No more sessions on this asset may be open: 4 are, and 4 is the most.",
      "Offen sind schon 4 Sitzungen an diesem Gerät, und höchstens 4 sind erlaubt.",
    ],
    [
      "The device refused the connection. (no route to host)",
      "Das Gerät hat die Verbindung abgelehnt. (no route to host)",
    ],
    ["The approved time is over.", "Die genehmigte Zeit ist um."],
  ])("%s is said in German", (english, german) => {
    expect(tellRefusal(english)).toBe(german);
  });

  test.each(["<img src=x onerror=alert(1)>", "{name} {site}", "$& $1", "a' already. There is no site 'b"])(
    "keeps %s as a value, whatever it looks like",
    (value) => {
      expect(tellRefusal(`There is no site '${value}'.`)).toBe(`Es gibt keinen Standort '${value}'.`);
    },
  );

  test("is left alone where the words are somebody else's", () => {
    expect(tellRefusal("who knows")).toBeNull();
  });
});
