import { use, useEffect, type ReactNode } from "react";

import { AttentionContext } from "./attention";
import classes from "./Page.module.css";

interface PageProps {
  readonly title: string;
  /** What stands above the title: where this page belongs. */
  readonly above?: ReactNode;
  /** One line under the title. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  /** "narrow" for forms and texts, "wide" for lists. */
  readonly width?: "narrow" | "wide";
  readonly children: ReactNode;
}

/** The frame of every page: its one first heading, what may be done, and the window's title. */
export function Page({ title, above, lead, actions, width = "wide", children }: PageProps) {
  const waiting = use(AttentionContext);
  useEffect(() => {
    document.title = `${waiting === 0 ? "" : `(${waiting.toString()}) `}${title} · Wicketgate`;
  }, [title, waiting]);
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.header}>
        <div className={classes.heading}>
          {above === undefined ? null : <div className={classes.above}>{above}</div>}
          <h1 className={classes.title}>{title}</h1>
          {lead === undefined ? null : <div className={classes.lead}>{lead}</div>}
        </div>
        {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title?: ReactNode;
  /** Beside the heading: a count, a button. */
  readonly aside?: ReactNode;
  /** No inner margin: for lists that reach the edges. */
  readonly flush?: boolean;
  readonly tone?: "notice" | "alarm";
  readonly children: ReactNode;
}

/** One thing on a page, with a heading of its own. */
export function Panel({ title, aside, flush = false, tone, children }: PanelProps) {
  return (
    <section className={classes.panel} data-alert={tone}>
      {title === undefined ? null : (
        <div className={classes.panelHead}>
          <h2 className={classes.panelTitle}>{title}</h2>
          {aside === undefined ? null : <div className={classes.panelAside}>{aside}</div>}
        </div>
      )}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}

/** Panels beside each other where there is room: `main` is wide, `side` narrow. */
export function Columns({ main, side }: { readonly main: ReactNode; readonly side: ReactNode }) {
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>{main}</div>
      <div className={classes.stack}>{side}</div>
    </div>
  );
}

/** Panels under each other. */
export function Panels({ children }: { readonly children: ReactNode }) {
  return <div className={classes.stack}>{children}</div>;
}
