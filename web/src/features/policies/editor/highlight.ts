/** Colours of YAML, those of the theme: names stand out, texts have one colour, everything else is plain. */

import { HighlightStyle } from "@codemirror/language";
import { tags } from "@lezer/highlight";

export const highlighter = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--info)" },
  { tag: tags.comment, color: "var(--calm)", fontStyle: "italic" },
  { tag: [tags.meta, tags.separator, tags.punctuation, tags.bracket], color: "var(--calm)" },
]);
