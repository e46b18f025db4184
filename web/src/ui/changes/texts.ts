import { defineTexts } from "../../i18n/texts";

export const texts = defineTexts(
  {
    files: "Files",
    changes_csv: "Change log as CSV",
    changes_pdf: "Change log as PDF",
    undo_pdf: "Undo sheet as PDF",
    undo_csv: "Undo sheet as CSV",
    undo_text: "What each object held before. A list for people: nothing writes it back.",
    making: "The file is being made.",
    cancel: "Cancel",
  },
  {
    de: {
      files: "Dateien",
      changes_csv: "Änderungen als CSV",
      changes_pdf: "Änderungen als PDF",
      undo_pdf: "Rücksetzliste als PDF",
      undo_csv: "Rücksetzliste als CSV",
      undo_text: "Was jedes Objekt vorher enthielt. Eine Liste für Menschen: Nichts schreibt es zurück.",
      making: "Die Datei wird erstellt.",
      cancel: "Abbrechen",
    },
  },
);
