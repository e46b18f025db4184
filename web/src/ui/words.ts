/** The product's words for states, tiers and roles, in each language: the same on every page. */

import { defineTexts } from "../i18n/texts";

export const tierTexts = defineTexts(
  {
    read: "Read",
    operate: "Operate",
    program: "Program",
    firmware: "Firmware",
    read_means: "Reads values. Changes nothing.",
    operate_means: "Changes set points and coils, gives commands.",
    program_means: "Loads programs, changes mode, forces values, sets clocks.",
    firmware_means: "Flashes or resets the device; also every function that is not known.",
    opaque: "Unseen content",
    opaque_means: "The connection passes and is recorded, but what is said in it is not understood.",
  },
  {
    de: {
      read: "Lesen",
      operate: "Bedienen",
      program: "Programmieren",
      firmware: "Firmware",
      read_means: "Liest Werte. Ändert nichts.",
      operate_means: "Ändert Sollwerte und Coils, gibt Befehle.",
      program_means: "Lädt Programme, wechselt die Betriebsart, erzwingt Werte, stellt Uhren.",
      firmware_means: "Flasht das Gerät oder setzt es zurück; auch jede unbekannte Funktion.",
      opaque: "Inhalt nicht geprüft",
      opaque_means: "Die Verbindung wird durchgelassen und aufgezeichnet, ihr Inhalt aber nicht verstanden.",
    },
  },
);

export const stateTexts = defineTexts(
  {
    pending: "Waiting for approval",
    approved: "Approved",
    denied: "Denied",
    withdrawn: "Withdrawn",
    expired: "Expired",
    open: "Open",
    held: "Held at its end",
    ended: "Ended",
    online: "Online",
    offline: "Offline",
    locked: "Locked",
    waiting: "Ready to use",
    active: "Active",
    quarantined: "Quarantined",
    revoked: "Revoked",
  },
  {
    de: {
      pending: "Wartet auf Freigabe",
      approved: "Freigegeben",
      denied: "Abgelehnt",
      withdrawn: "Zurückgezogen",
      expired: "Verfallen",
      open: "Offen",
      held: "Am Ende angehalten",
      ended: "Beendet",
      online: "Verbunden",
      offline: "Getrennt",
      locked: "Gesperrt",
      waiting: "Bereit",
      active: "Aktiv",
      quarantined: "In Quarantäne",
      revoked: "Widerrufen",
    },
  },
);

export const roleTexts = defineTexts(
  { vendor: "Vendor", operator: "Operator", admin: "Admin", auditor: "Auditor" },
  { de: { vendor: "Dienstleister", operator: "Betrieb", admin: "Administration", auditor: "Revision" } },
);

export const methodTexts = defineTexts(
  {
    password: "password",
    totp: "authenticator app",
    recovery_code: "recovery code",
    recovery: "recovery code",
    passkey: "passkey",
    federated: "identity provider",
  },
  {
    de: {
      password: "Passwort",
      totp: "Authenticator-App",
      recovery_code: "Wiederherstellungscode",
      recovery: "Wiederherstellungscode",
      passkey: "Passkey",
      federated: "Identitätsanbieter",
    },
  },
);

export const unitTexts = defineTexts(
  {
    unit: "Unit",
    outstation: "Outstation",
    common_address: "Common address",
    network: "Network",
  },
  {
    de: {
      unit: "Unit",
      outstation: "Unterstation",
      common_address: "Gemeinsame Adresse",
      network: "Netz",
    },
  },
);
