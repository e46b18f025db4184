import { lazy, Suspense, type ComponentProps } from "react";

import classes from "./TextEditor.module.css";

const CodeEditor = lazy(() => import("./CodeEditor"));

type Props = ComponentProps<typeof CodeEditor>;

/** A YAML text. Its colours and proposals come a moment later than itself: the editor is heavy, and loaded where it is needed. */
export function TextEditor(props: Props) {
  return (
    <Suspense
      fallback={
        <pre className={classes.plain} tabIndex={0} aria-label={props.label}>
          {props.text}
        </pre>
      }
    >
      <CodeEditor {...props} />
    </Suspense>
  );
}
