import { defineTexts } from "../../i18n/texts";

export const texts = defineTexts(
  {
    step_up: "Show your second factor again",
    step_up_text: "This needs a fresh proof that it is you. Then it goes on by itself.",
    code: "Code from your app",
    code_form: "Six digits.",
    confirm: "Confirm",
    by_passkey: "Use a passkey",
    or: "or",
    cancel: "Cancel",
    passkey_cancelled: "No passkey was shown. Try again, or use the code.",
    passkey_impossible: "This browser cannot use a passkey here. Use the code.",
    passkey_exists: "This device has a passkey for this account already.",
  },
  {
    de: {
      step_up: "Zweiten Faktor erneut zeigen",
      step_up_text: "Hierfür ist ein frischer Nachweis nötig, dass Sie es sind. Danach geht es von selbst weiter.",
      code: "Code aus Ihrer App",
      code_form: "Sechs Ziffern.",
      confirm: "Bestätigen",
      by_passkey: "Passkey verwenden",
      or: "oder",
      cancel: "Abbrechen",
      passkey_cancelled: "Es wurde kein Passkey gezeigt. Versuchen Sie es erneut oder verwenden Sie den Code.",
      passkey_impossible: "Dieser Browser kann hier keinen Passkey verwenden. Verwenden Sie den Code.",
      passkey_exists: "Dieses Gerät hat schon einen Passkey für dieses Konto.",
    },
  },
);
