import { defineTexts } from "../../i18n/texts";

export const texts = defineTexts(
  {
    title: "Before and after",
    unchanged: "Nothing changed",
    unchanged_text: {
      one: "{count} thing that the device tells of itself is as it was before the session.",
      other: "{count} things that the device tells of itself are as they were before the session.",
    },
    changed: "The device has changed",
    not_taken: "Not compared",
    pending: "Compared at the end",
    pending_text:
      "The device is looked at before the first connection and after the last, reading only, and then compared.",
    not_told: "not told",
    difference: "{before} → {after}",
  },
  {
    de: {
      title: "Vorher und nachher",
      unchanged: "Nichts verändert",
      unchanged_text: {
        one: "{count} Angabe des Geräts über sich selbst ist wie vor der Sitzung.",
        other: "{count} Angaben des Geräts über sich selbst sind wie vor der Sitzung.",
      },
      changed: "Das Gerät hat sich verändert",
      not_taken: "Nicht verglichen",
      pending: "Wird am Ende verglichen",
      pending_text:
        "Das Gerät wird vor der ersten und nach der letzten Verbindung angesehen, nur lesend, und dann verglichen.",
      not_told: "nicht angegeben",
      difference: "{before} → {after}",
    },
  },
);
