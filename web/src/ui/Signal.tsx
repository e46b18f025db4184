import type { ReactNode } from "react";

import classes from "./Signal.module.css";

export type Tone = "calm" | "good" | "info" | "notice" | "alarm" | "deep";

interface SignalProps {
  readonly tone: Tone;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  /** Only colour and text, without the field behind it: for tables. */
  readonly plain?: boolean;
}

/** A state as colour, sign and word together: nobody has to tell colours apart. */
export function Signal({ tone, icon, children, plain = false }: SignalProps) {
  return (
    <span className={plain ? classes.plain : classes.signal} data-tone={tone}>
      {icon ?? <span className={classes.dot} aria-hidden />}
      <span>{children}</span>
    </span>
  );
}
