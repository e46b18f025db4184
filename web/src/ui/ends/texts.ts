/** Why a session or a recording ended, and what a recording lacks. */

import english from "../../api/ends.json";
import { defineTexts } from "../../i18n/texts";

/** What the broker says of an end and of what is missing, as the record has it in English. */
export const detailTexts = defineTexts(english, {
  de: {
    finished: "Die Person hat die Sitzung beendet.",
    abandoned: "Das Programm der Person verschwand und kam nicht rechtzeitig zurück.",
    idle: "Länger, als die Richtlinie erlaubt, wurde nichts gesagt.",
    deadline: "Die genehmigte Zeit ist um.",
    killed: "Die Sitzung wurde vom Standort getrennt.",
    user_disabled: "Das Konto wurde gesperrt.",
    login_ended: "Die Anmeldung, mit der die Sitzung geöffnet wurde, ist beendet.",
    grant_revoked: "Die Berechtigung wurde widerrufen.",
    policy_changed: "Was die Richtlinien erlauben, hat sich geändert.",
    locked: "Standort, Gerät oder Person wurde gesperrt.",
    agent_lost: "Der Agent des Standorts wurde widerrufen oder in Quarantäne gestellt.",
    recording_failed: "Die Sitzung konnte nicht mehr aufgezeichnet werden.",
    sweeping: "Die Sitzung suchte ihr Ziel ab.",
    broker_stopped: "Der Broker wurde angehalten.",
    broker_crashed: "Der Broker endete, ohne die Sitzung zu schließen.",
    undecided: "Der Broker konnte nicht entscheiden, ob die Sitzung weitergehen darf.",
    became_less: "Richtlinie oder Verzeichnis erlauben weniger als zuvor.",
    no_more_time: "Der Standort gab nicht mehr Zeit.",
    swept:
      "Die Sitzung suchte ihr Ziel ab: {things} verschiedene {kind} in {seconds} s; die Richtlinie lässt {limit} zu.",
    too_slow: "Es kam mehr, als gespeichert werden konnte, und das Lesen hielt nicht an.",
    not_written: "Was angenommen war, ließ sich nicht niederschreiben: {cause}.",
    stalled: "Der Speicher nahm {seconds} s lang nichts an.",
    broke: "Die Aufzeichnung brach ab: {cause}.",
    no_room: "{free} MiB sind für Aufzeichnungen frei, mindestens {wanted} MiB bleiben vorbehalten.",
    disk_full: "Der Datenträger der Aufzeichnungen ist voll ({cause}).",
    folder: "Der Ordner der Aufzeichnungen: {cause}.",
    open: "offen: ohne Abschluss beendet (abgestürzt, oder es läuft noch)",
    broken: "gebrochen: {place} ab Byte {offset}: {check}: {detail}",
  },
});

/** Why a session ended, in a word or two, by its code. */
export const endTexts = defineTexts(
  {
    finished: "Ended by its user",
    abandoned: "The client vanished",
    idle: "Nothing was said for too long",
    deadline: "The approved time was over",
    killed: "Cut by the plant",
    user_disabled: "The account was disabled",
    login_ended: "The login ended",
    grant_revoked: "The grant was revoked",
    policy_changed: "The policy changed",
    locked: "Site, asset or user was locked",
    agent_lost: "The site's agent is gone",
    recording_failed: "It could no longer be recorded",
    sweeping: "It swept over its target",
    broker_stopped: "The broker was stopped",
    broker_crashed: "The broker crashed",
  },
  {
    de: {
      finished: "Selbst beendet",
      abandoned: "Das Terminal war weg",
      idle: "Zu lange nichts gesagt",
      deadline: "Die genehmigte Zeit war um",
      killed: "Vom Standort getrennt",
      user_disabled: "Das Konto wurde gesperrt",
      login_ended: "Die Anmeldung endete",
      grant_revoked: "Die Berechtigung wurde widerrufen",
      policy_changed: "Die Richtlinie hat sich geändert",
      locked: "Standort, Gerät oder Person wurde gesperrt",
      agent_lost: "Der Agent des Standorts ist weg",
      recording_failed: "Die Aufzeichnung fiel aus",
      sweeping: "Sie suchte ihr Ziel ab",
      broker_stopped: "Der Broker wurde angehalten",
      broker_crashed: "Der Broker ist abgestürzt",
    },
  },
);
