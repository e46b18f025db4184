import { SAMPLES } from "./rates";
import classes from "./Sparkline.module.css";

const WIDTH = 72;
const HEIGHT = 20;

/** A rate over time, as a line in a word's height; its number stands beside it. */
export function Sparkline({ samples }: { readonly samples: readonly number[] }) {
  const most = Math.max(1, ...samples);
  const points = samples.map((sample, place) => {
    const x = WIDTH - (samples.length - 1 - place) * (WIDTH / (SAMPLES - 1));
    return `${x.toFixed(1)},${(HEIGHT - 1 - (sample / most) * (HEIGHT - 2)).toFixed(1)}`;
  });
  return (
    <svg className={classes.sparkline} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden>
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className={classes.ground} />
      {points.length > 1 ? <polyline points={points.join(" ")} className={classes.rate} /> : null}
    </svg>
  );
}
