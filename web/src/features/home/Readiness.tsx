import { useQuery } from "@tanstack/react-query";
import { IconCircleCheck } from "@tabler/icons-react";
import { lazy, Suspense } from "react";

import { readinessQuery, welcomeQuery } from "../../api/health";
import { useTexts } from "../../i18n/language";
import { Opening } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { Signal } from "../../ui/Signal";
import classes from "./home.module.css";
import { texts } from "./texts";

// Brokers are ready nearly always: what one lacks is fetched by the first page that has to say it.
const Lacks = lazy(() => import("./Lacks"));

/** Whether the broker can do its work: one line while it can, an alarm while it cannot or does not say. */
export function Readiness() {
  const t = useTexts(texts);
  const { data, error } = useQuery(readinessQuery);
  const version = useQuery(welcomeQuery).data?.version;
  if (error !== null) {
    return (
      <Panel title={t("broker_unknown")} tone="alarm">
        <Problem error={error} />
      </Panel>
    );
  }
  if (data === undefined) return null;
  if (!data.ready) {
    return (
      <Panel title={t("broker_not_ready")} tone="alarm">
        <Suspense fallback={<Opening />}>
          <Lacks problems={data.problems} />
        </Suspense>
      </Panel>
    );
  }
  return (
    <p className={classes.broker}>
      <Signal tone="good" plain icon={<IconCircleCheck size={16} aria-hidden />}>
        {version === undefined ? t("broker_ready") : t("broker_ready_version", { version })}
      </Signal>
    </p>
  );
}
