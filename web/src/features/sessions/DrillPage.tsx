import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPrinter } from "@tabler/icons-react";
import { Link, useParams } from "wouter";

import type { Drill } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeMoment, writeSeconds } from "../../i18n/times";
import { Facts } from "../../ui/Facts";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { cutSessions, slowest } from "../../ui/red/cuts";
import { BothClocks } from "../../ui/times";
import { useZone } from "../../ui/zones";
import { drillsQuery } from "./data";
import classes from "./DrillPage.module.css";
import { Scope } from "./Drills";
import { UserName } from "./Names";
import { texts } from "./texts";

/** One press of the red button, as a report to be printed and filed. */
export default function DrillPage() {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const { drill: id } = useParams<{ drill: string }>();
  const drills = useQuery(drillsQuery);
  const drill = drills.data?.find((each) => each.id === id);
  const zone = useZone(drill?.site ?? undefined);
  const day = drill === undefined ? "" : writeMoment(new Date(drill.at), "day", language, zone);
  return (
    <Page
      title={drill === undefined ? t("report") : t("report_of", { day })}
      above={
        <span className="no-print">
          <Link href="/sessions?view=drills">{t("view_drills")}</Link>
        </span>
      }
      lead={t("report_text")}
      width="narrow"
      actions={
        drill === undefined ? undefined : (
          <Button
            className="no-print"
            variant="default"
            leftSection={<IconPrinter size={17} aria-hidden />}
            onClick={() => {
              window.print();
            }}
          >
            {t("print")}
          </Button>
        )
      }
    >
      <Loaded query={drills}>
        {() => (drill === undefined ? <Empty title={t("report_missing")} /> : <Report drill={drill} />)}
      </Loaded>
    </Page>
  );
}

function Report({ drill }: { readonly drill: Drill }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const sessions = cutSessions(drill);
  const seconds = (value: number) => writeSeconds(value, language);
  return (
    <Panels>
      <Panel>
        <Facts
          facts={[
            {
              label: t("pressed_at"),
              value: <BothClocks at={drill.at} site={drill.site ?? undefined} style="second" />,
            },
            { label: t("pressed_by"), value: <UserName id={drill.by} /> },
            { label: t("scope"), value: <Scope drill={drill} /> },
            { label: t("reason"), value: drill.reason },
            { label: t("cut_sessions"), value: sessions.length.toLocaleString(language) },
            sessions.length === 0 ? null : { label: t("slowest"), value: <strong>{seconds(slowest(drill))}</strong> },
            { label: t("whole_time"), value: seconds(drill.duration_ms / 1000) },
            { label: t("digest"), value: <Digest digest={drill.digest} /> },
          ]}
        />
      </Panel>
      {sessions.length === 0 ? null : (
        <Panel title={t("cut_sessions")} flush>
          <table className={classes.sessions}>
            <thead>
              <tr>
                <th scope="col">{t("asset")}</th>
                <th scope="col">{t("user")}</th>
                <th scope="col" className={classes.end}>
                  {t("cut_after")}
                </th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((each) => (
                <tr key={each.session}>
                  <td>
                    <Link href={`/sessions/${each.session}`}>{each.asset}</Link>
                  </td>
                  <td>{each.user}</td>
                  <td className={classes.end}>{seconds(each.cut_after_ms / 1000)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
    </Panels>
  );
}

function Digest({ digest }: { readonly digest: string }) {
  const t = useTexts(texts);
  return (
    <>
      <code className={classes.digest}>{digest}</code>
      <span className={classes.note}>{t("digest_text")}</span>
    </>
  );
}
