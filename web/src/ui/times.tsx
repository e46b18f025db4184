import { Tooltip } from "@mantine/core";

import { useLanguage, useTexts } from "../i18n/language";
import {
  isSameWallClock,
  viewerZone,
  writeCountdown,
  writeDuration,
  writeMoment,
  writeRelative,
  zoneName,
} from "../i18n/times";
import { useNow } from "./ticker";
import classes from "./times.module.css";
import { useZone } from "./zones";
import { timesTexts } from "./texts";

interface MomentProps {
  readonly at: string;
  /** The site (its id) whose wall clock counts; without it the site of work. */
  readonly site?: string | undefined;
  readonly style?: "time" | "day" | "moment" | "second";
}

/** Both clocks of a moment: the site's, and the viewer's where it shows another time. */
function useClocks({ at, site, style = "moment" }: MomentProps): { here: string; both: string } {
  const { language } = useLanguage();
  const t = useTexts(timesTexts);
  const zone = useZone(site);
  const date = new Date(at);
  const here = writeMoment(date, style, language, zone);
  const full = writeMoment(date, "second", language, zone);
  const own = viewerZone();
  const zoned = t("zoned", { time: full, zone: zoneName(zone) });
  const both = isSameWallClock(date, zone, own)
    ? zoned
    : `${zoned} · ${t("yours", { time: writeMoment(date, "moment", language, own) })}`;
  return { here, both };
}

/** A moment by the site's clock; the viewer's own time and the seconds stand in the hint. */
export function Moment(props: MomentProps) {
  const { here, both } = useClocks(props);
  return (
    <Tooltip label={both}>
      <time dateTime={props.at} tabIndex={0} className={classes.moment}>
        {here}
      </time>
    </Tooltip>
  );
}

/** "5 min ago", with the exact times in the hint. */
export function Ago(props: MomentProps) {
  const { language } = useLanguage();
  const { both } = useClocks(props);
  const now = useNow();
  return (
    <Tooltip label={both}>
      <time dateTime={props.at} tabIndex={0} className={classes.moment}>
        {writeRelative(new Date(props.at), now, language)}
      </time>
    </Tooltip>
  );
}

/** Site's time and viewer's time beside each other, where a mistake between them would be costly. */
export function BothClocks(props: MomentProps) {
  const { language } = useLanguage();
  const t = useTexts(timesTexts);
  const zone = useZone(props.site);
  const date = new Date(props.at);
  const style = props.style ?? "moment";
  return (
    <time dateTime={props.at}>
      {writeMoment(date, style, language, zone)}
      <span className={classes.zone}> {zoneName(zone)}</span>
      {isSameWallClock(date, zone, viewerZone()) ? null : (
        <span className={classes.yours}>{t("yours", { time: writeMoment(date, style, language, viewerZone()) })}</span>
      )}
    </time>
  );
}

/** Time that is left, counting; amber in the last tenth or five minutes, red in the last minute. */
export function Countdown({ until, whole }: { readonly until: string; readonly whole?: number }) {
  const t = useTexts(timesTexts);
  const seconds = (Date.parse(until) - useNow()) / 1000;
  if (seconds <= 0) return <span className={classes.over}>{t("over")}</span>;
  const soon = Math.max(300, (whole ?? 0) / 10);
  const urgency = seconds <= 60 ? classes.last : seconds <= soon ? classes.soon : classes.calm;
  return (
    <time dateTime={until} className={urgency} role="timer" aria-live="off">
      {writeCountdown(seconds)}
    </time>
  );
}

/** "2 h 30 min". */
export function Duration({ seconds }: { readonly seconds: number }) {
  const { language } = useLanguage();
  return <span className="figures">{writeDuration(seconds, language)}</span>;
}
