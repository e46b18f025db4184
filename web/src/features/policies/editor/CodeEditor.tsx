import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { getNonce } from "get-nonce";
import { useEffect, useEffectEvent, useRef } from "react";

import { useLanguage } from "../../../i18n/language";
import type { Language } from "../../../i18n/texts";
import { faultTexts } from "../../../ui/faults/texts";
import { speak } from "../../../ui/phrases/speak";
import classes from "./editor.module.css";
import { highlighter } from "./highlight";
import { proposalsAt, type PlantNames, type Proposal } from "./completion";
import type { Schema } from "./schema";

/** A fault of the text, as the broker found it; line and column count from 1. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** What the editor knows of what it edits. */
export interface Knowledge {
  readonly schema: Schema | null;
  readonly plant: PlantNames;
  /** What a field means, by its path. */
  readonly meaning: (path: string) => string;
}

/** A place to go to; a new object each time. */
export interface Target {
  readonly line: number;
  readonly column: number;
}

interface CodeEditorProps {
  readonly label: string;
  readonly text: string;
  /** Without it the text can be read and copied only. */
  readonly change?: (text: string) => void;
  readonly faults?: readonly Fault[];
  readonly knowledge?: Knowledge;
  readonly target?: Target | null;
}

/** A YAML text with colours, and where it is written also with proposals and faults at their lines. */
export default function CodeEditor({ label, text, change, faults, knowledge, target }: CodeEditorProps) {
  const { language } = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const isWritten = change !== undefined;
  const changed = useEffectEvent((next: string) => change?.(next));
  const isAskedEarly = useRef(false);
  const propose = useEffectEvent((context: CompletionContext) => {
    isAskedEarly.current = context.explicit && knowledge?.schema === null;
    return proposed(context, knowledge);
  });
  const initial = useEffectEvent(() => text);
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = new EditorView({
      doc: initial(),
      parent: place.current,
      extensions: [
        EditorView.cspNonce.of(getNonce() ?? ""),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        lineNumbers(),
        highlightSpecialChars(),
        EditorView.lineWrapping,
        yaml(),
        syntaxHighlighting(highlighter),
        ...(isWritten ? writing(propose) : [EditorState.readOnly.of(true), EditorView.editable.of(false)]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label, isWritten]);
  // Whoever asked before the language was known is answered when it is.
  const schema = knowledge?.schema ?? null;
  useEffect(() => {
    if (schema === null || !isAskedEarly.current || view.current === null) return;
    isAskedEarly.current = false;
    startCompletion(view.current);
  }, [schema]);
  // A text that was not typed here: another version, or a template.
  useEffect(() => {
    const made = view.current;
    if (made === null || made.state.doc.toString() === text) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const made = view.current;
    if (made !== null) made.dispatch(setDiagnostics(made.state, marks(made.state.doc, faults ?? [], language)));
  }, [faults, language]);
  useEffect(() => {
    const made = view.current;
    if (made === null || target === null || target === undefined) return;
    const at = offsetOf(made.state.doc, target);
    made.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    made.focus();
  }, [target]);
  return (
    <div
      ref={place}
      className={classes.editor}
      data-written={isWritten}
      {...(isWritten ? {} : { tabIndex: 0, role: "region", "aria-label": label })}
    />
  );
}

function writing(propose: (context: CompletionContext) => CompletionResult | null) {
  return [
    history(),
    drawSelection(),
    highlightActiveLine(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    lintGutter(),
    autocompletion({ override: [propose], icons: false, maxRenderedOptions: 60 }),
    // Without Tab: whoever has no mouse must be able to leave.
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}

function proposed(context: CompletionContext, knowledge: Knowledge | undefined): CompletionResult | null {
  const { schema = null, plant, meaning } = knowledge ?? {};
  if (schema === null || plant === undefined || meaning === undefined) return null;
  const text = context.state.doc.toString();
  const { from, items } = proposalsAt(schema, plant, text, context.pos);
  // Unasked only where something was begun: proposals over an empty line stand in the way.
  const isBegun = context.pos > from || /[{[,:]\s?$/.test(text.slice(Math.max(0, context.pos - 2), context.pos));
  if (items.length === 0 || !(context.explicit || isBegun)) return null;
  return { from, options: items.map((item, index) => option(item, index, meaning)), validFor: /^[\w./"-]*$/ };
}

function option(item: Proposal, index: number, meaning: (path: string) => string): Completion {
  const info = item.kind === "name" ? meaning(item.path) : "";
  return {
    label: item.text,
    type: item.kind,
    boost: (item.isRequired ? 20 : 0) - Math.min(index, 19),
    ...(info === "" ? {} : { info }),
    apply: (view, _, from, to) => {
      view.dispatch({
        changes: { from, to, insert: item.insert },
        selection: { anchor: from + item.cursor },
        userEvent: "input.complete",
      });
      if (item.kind === "name") startCompletion(view);
    },
  };
}

function marks(doc: Text, faults: readonly Fault[], language: Language): Diagnostic[] {
  const said = (text: string) => speak(faultTexts, language, text) ?? text;
  return faults
    .map((fault): Diagnostic => {
      const from = offsetOf(doc, fault);
      const word = /^[\w.-]+|^./.exec(doc.sliceString(from, doc.lineAt(from).to))?.[0] ?? "";
      const message = [said(fault.message), said(fault.hint)].filter(Boolean).join(". ");
      return { from, to: from + word.length, severity: "error", message };
    })
    .sort((one, other) => one.from - other.from);
}

function offsetOf(doc: Text, { line, column }: Target): number {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(found.from + Math.max(column - 1, 0), found.to);
}
