/** What each code of the broker means, and what to do about it, in German; English comes with the problem itself. */

import type { ProblemCode } from "../api/problems";

interface Words {
  readonly title: string;
  readonly hint: string;
}

export const germanProblems: Readonly<Partial<Record<ProblemCode, Words>>> &
  Readonly<Record<Exclude<ProblemCode, "unreachable" | "not_ours">, Words>> = {
  account_rule: {
    title: "Das Konto würde eine Regel verletzen",
    hint: "Prüfen Sie Rolle, Verantwortliche und Enddatum.",
  },
  agent_busy: { title: "Der Agent ist ausgelastet", hint: "Versuchen Sie es in einigen Sekunden erneut." },
  agent_offline: {
    title: "Kein Agent des Standorts ist verbunden",
    hint: "Bitten Sie den Standort zu prüfen, ob der Agent läuft und den Broker erreicht.",
  },
  already_approved: {
    title: "Sie haben bereits zugestimmt",
    hint: "Ihre Zustimmung zählt einmal. Weitere Personen fehlen noch.",
  },
  approval_required: {
    title: "Dafür ist eine Freigabe nötig",
    hint: "Stellen Sie einen Antrag und warten Sie die Freigabe ab.",
  },
  bad_csr: { title: "Die Zertifikatsanfrage ist unbrauchbar", hint: "Starten Sie die Anmeldung des Agenten neu." },
  bad_request: { title: "Die Anfrage ist nicht verständlich", hint: "Laden Sie die Seite neu." },
  banner_not_accepted: {
    title: "Der Hinweis des Standorts ist noch nicht angenommen",
    hint: "Lesen Sie den Hinweis und nehmen Sie ihn an, dann geht es weiter.",
  },
  clock_skew: {
    title: "Die Uhr des Agenten geht falsch",
    hint: "Stellen Sie die Uhr am Standort, am besten über NTP.",
  },
  conflict: {
    title: "Der Zustand lässt das nicht zu",
    hint: "Laden Sie die Ansicht neu und prüfen Sie den aktuellen Stand.",
  },
  csrf_failed: { title: "Die Anmeldung dieser Seite gilt nicht mehr", hint: "Laden Sie die Seite neu." },
  denied: {
    title: "Keine Richtlinie gibt diesen Zugang",
    hint: "Die Gründe stehen oben. Wenden Sie sich an den Standort.",
  },
  dial_failed: {
    title: "Der Agent hat die Verbindung nicht geöffnet",
    hint: "Prüfen Sie Adresse und Freigabeliste am Standort.",
  },
  edit_conflict: {
    title: "Inzwischen hat jemand anderes etwas geändert",
    hint: "Laden Sie den aktuellen Stand und tragen Sie Ihre Änderung erneut ein.",
  },
  enrolment_failed: {
    title: "Die Einrichtung ist fehlgeschlagen",
    hint: "Prüfen Sie den Code Ihrer App. Nach 15 Minuten oder fünf falschen Codes melden Sie sich bitte neu an.",
  },
  forbidden: {
    title: "Das ist Ihnen nicht erlaubt",
    hint: "Ihre Rolle umfasst dieses Recht nicht. Fragen Sie die Administration.",
  },
  grant_ended: { title: "Die Berechtigung ist beendet", hint: "Stellen Sie einen neuen Antrag." },
  idempotency_mismatch: {
    title: "Derselbe Vorgang wurde mit anderem Inhalt wiederholt",
    hint: "Laden Sie die Seite neu.",
  },
  internal: { title: "Fehler im Broker", hint: "Melden Sie die Anfragenummer Ihrer Administration." },
  invalid_input: {
    title: "Die Eingaben sind nicht vollständig oder nicht gültig",
    hint: "Die betroffenen Felder sind genannt.",
  },
  invalid_inventory: { title: "Die Angaben zum Gerät passen nicht", hint: "Die betroffenen Felder sind genannt." },
  join_token_expired: {
    title: "Das Beitrittstoken ist abgelaufen",
    hint: "Erzeugen Sie ein neues; es gilt 15 Minuten.",
  },
  join_token_invalid: { title: "Das Beitrittstoken ist unbekannt", hint: "Erzeugen Sie ein neues." },
  join_token_used: {
    title: "Das Beitrittstoken wurde bereits benutzt",
    hint: "Prüfen Sie, wer es benutzt hat, und erzeugen Sie ein neues.",
  },
  limit_reached: {
    title: "Eine Obergrenze ist erreicht",
    hint: "Beenden Sie eine andere Sitzung oder warten Sie, bis eine endet.",
  },
  login_failed: {
    title: "Anmeldung nicht möglich",
    hint: "Prüfen Sie Benutzername, Passwort und Code. Jeder Code gilt nur einmal.",
  },
  method_not_allowed: { title: "Diese Adresse kennt den Vorgang nicht", hint: "Laden Sie die Seite neu." },
  mfa_required: {
    title: "Bitte zeigen Sie Ihren zweiten Faktor erneut",
    hint: "Bestätigen Sie mit Ihrer App oder einem Passkey.",
  },
  name_taken: { title: "Der Name ist schon vergeben", hint: "Wählen Sie einen anderen Namen." },
  not_an_approver: {
    title: "Ihre Gruppen sind hier nicht gefragt",
    hint: "Nur Mitglieder der genannten Gruppen entscheiden.",
  },
  not_found: { title: "Nicht gefunden", hint: "Es existiert nicht, oder Sie dürfen es nicht sehen." },
  not_narrower: { title: "Das wäre keine Einschränkung", hint: "Beim Einschränken darf nur etwas wegfallen." },
  otp_rejected: {
    title: "Code oder Passwort stimmt nicht",
    hint: "Warten Sie auf den nächsten Code Ihrer App; jeder gilt nur einmal.",
  },
  passkey_rejected: {
    title: "Der Passkey wurde nicht angenommen",
    hint: "Beginnen Sie noch einmal: Jede Aufforderung gilt für eine Antwort, fünf Minuten lang.",
  },
  passkeys_unavailable: {
    title: "An dieser Adresse gibt es keine Passkeys",
    hint: "Öffnen Sie Wicketgate über einen Namen, den die Administration eingetragen hat.",
  },
  policy_invalid: { title: "Der Text der Richtlinie hat Fehler", hint: "Zeile und Abhilfe stehen bei jedem Fehler." },
  range_unsatisfiable: { title: "Diesen Ausschnitt gibt es nicht", hint: "Laden Sie die Seite neu." },
  reconnect_blocked: {
    title: "Ihr Weg zurück ist gesperrt",
    hint: "Ihre Sitzung wurde vom Standort getrennt. Der Standort muss die Sperre aufheben.",
  },
  recording_broken: {
    title: "Die Aufzeichnung ist nicht unversehrt",
    hint: "Das erste beschädigte Stück ist genannt. Sichern Sie das Original.",
  },
  recording_failed: {
    title: "Es kann nicht aufgezeichnet werden",
    hint: "Ohne Aufzeichnung öffnet sich hier nichts. Verständigen Sie die Administration.",
  },
  recording_key_missing: {
    title: "Der Schlüssel der Aufzeichnung fehlt",
    hint: "Sie wurde für einen anderen Schlüssel versiegelt.",
  },
  refresh_failed: { title: "Die Anmeldung ist abgelaufen", hint: "Melden Sie sich neu an." },
  request_changed: {
    title: "Der Antrag hat sich geändert, seit Sie ihn gelesen haben",
    hint: "Lesen Sie die neuen Bedingungen und entscheiden Sie dann.",
  },
  request_closed: { title: "Darüber ist schon entschieden", hint: "Laden Sie die Ansicht neu." },
  request_outdated: {
    title: "Die Richtlinie hat sich seit dem Antrag geändert",
    hint: "Der Antrag muss neu gestellt werden.",
  },
  self_approval: { title: "Niemand entscheidet über den eigenen Antrag", hint: "Eine andere Person muss entscheiden." },
  session_ended: { title: "Die Sitzung ist beendet", hint: "Öffnen Sie eine neue, solange Ihre Berechtigung gilt." },
  session_held: { title: "Die genehmigte Zeit ist um", hint: "Offenes läuft vorerst weiter, Neues öffnet sich nicht." },
  setup_failed: {
    title: "Der Einrichtungslink gilt nicht",
    hint: "Er gilt eine Stunde und nur einmal. Starten Sie den Broker neu, um einen neuen zu erhalten.",
  },
  storage_failed: {
    title: "Aufzeichnungen lassen sich nicht speichern oder lesen",
    hint: "Verständigen Sie die Administration.",
  },
  storage_full: { title: "Kein Platz mehr für Aufzeichnungen", hint: "Bis Platz geschaffen ist, öffnet sich nichts." },
  token_invalid: { title: "Die Anmeldung gilt nicht mehr", hint: "Melden Sie sich neu an." },
  too_large: { title: "Die Eingabe ist zu groß", hint: "Kürzen Sie den Text." },
  too_many_requests: { title: "Zu viele Versuche", hint: "Warten Sie einen Moment und versuchen Sie es dann erneut." },
  unauthenticated: { title: "Bitte melden Sie sich an", hint: "Ihre Anmeldung ist abgelaufen oder beendet." },
  unavailable: {
    title: "Gerade nicht verfügbar",
    hint: "Etwas, das der Broker braucht, ist nicht da. Versuchen Sie es gleich erneut.",
  },
  unseal_failed: {
    title: "Ein Geheimnis lässt sich nicht öffnen",
    hint: "Der Hauptschlüssel passt nicht. Verständigen Sie die Administration.",
  },
  weak_password: {
    title: "Dieses Passwort ist nicht erlaubt",
    hint: "Nehmen Sie mindestens 12 Zeichen, nichts Gebräuchliches und nicht Ihren Namen.",
  },
};
