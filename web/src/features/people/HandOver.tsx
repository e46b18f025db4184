import { Button, Group } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";

import { now } from "../../api/clock";
import { useTexts } from "../../i18n/language";
import { CopyLine } from "../../ui/CopyLine";
import { Mark } from "../../ui/Mark";
import { QrCode } from "../../ui/QrCode";
import { BothClocks } from "../../ui/times";
import { DAY } from "./accounts";
import classes from "./HandOver.module.css";
import { texts } from "./texts";

/** As long as the broker takes a one-time password (docs/identity.md). */
const LIFETIME_DAYS = 7;

interface HandOverProps {
  readonly username: string;
  readonly name: string;
  readonly password: string;
  /** With it the second factor is set up anew. */
  readonly isFirst: boolean;
  readonly done: () => void;
}

/** A sheet to be given to somebody: where to sign in, as whom, with which password, and what comes then. Shown this once. */
export function HandOver({ username, name, password, isFirst, done }: HandOverProps) {
  const t = useTexts(texts);
  const address = `${window.location.origin}/#user=${encodeURIComponent(username)}`;
  const until = new Date(now() + LIFETIME_DAYS * DAY).toISOString();
  return (
    <div className={classes.room}>
      <article className={classes.sheet} aria-label={t("sheet")}>
        <header className={classes.head}>
          <Mark size={28} />
          <div>
            <strong>Wicketgate</strong>
            <div className={classes.dimmed}>{t("sheet_for", { name: name === "" ? username : name })}</div>
          </div>
        </header>
        <div className={classes.way}>
          <dl className={classes.facts}>
            <div>
              <dt>{t("sheet_address")}</dt>
              <dd>
                <CopyLine text={address} label={t("sheet_address")} />
              </dd>
            </div>
            <div>
              <dt>{t("username")}</dt>
              <dd>
                <CopyLine text={username} label={t("username")} />
              </dd>
            </div>
            <div>
              <dt>{t("one_time_password")}</dt>
              <dd>
                <CopyLine text={password} label={t("one_time_password")} />
                <span className={classes.dimmed}>{t.rich("valid_until", { until: <BothClocks at={until} /> })}</span>
              </dd>
            </div>
          </dl>
          <div className={classes.code}>
            <QrCode text={address} label={t("sheet_qr")} size={132} />
          </div>
        </div>
        <ol className={classes.steps}>
          <li>{t("step_open")}</li>
          <li>{t("step_sign_in")}</li>
          {isFirst ? <li>{t("step_factor")}</li> : null}
          <li>{t("step_password")}</li>
        </ol>
      </article>
      <p className={`${classes.warning ?? ""} no-print`}>{t("sheet_warning")}</p>
      <Group className="no-print" justify="flex-end">
        <Button
          variant="default"
          leftSection={<IconPrinter size={17} aria-hidden />}
          onClick={() => {
            window.print();
          }}
        >
          {t("print")}
        </Button>
        <Button onClick={done}>{t("handed_over")}</Button>
      </Group>
    </div>
  );
}
