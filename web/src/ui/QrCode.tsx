import { useMemo } from "react";
import { encode } from "uqr";

import classes from "./QrCode.module.css";

const QUIET = 2;

/** A text as a QR code, drawn here: secrets in it go nowhere. */
export function QrCode({
  text,
  label,
  size = 192,
}: {
  readonly text: string;
  readonly label: string;
  readonly size?: number;
}) {
  const { width, path } = useMemo(() => drawn(text), [text]);
  return (
    <svg
      className={classes.code}
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${width} ${width}`}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}

function drawn(text: string): { width: number; path: string } {
  const { size, data } = encode(text, { border: QUIET, ecc: "M" });
  const dots = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { width: size, path: dots.join("") };
}
