import { Button, Group, Stack, Text } from "@mantine/core";

import type { Drill } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import classes from "./home.module.css";
import { useSeconds } from "./seconds";
import { texts } from "./texts";

function slowest(drill: Drill): number | null {
  const times = drill.sessions.map((each) => each.cut_after_ms).filter((time) => typeof time === "number");
  return times.length === 0 ? null : Math.max(...times);
}

/** What one press of the red button did, and in how many seconds. */
export default function DrillReport({ drill, close }: { readonly drill: Drill; readonly close: () => void }) {
  const t = useTexts(texts);
  const seconds = useSeconds();
  const last = slowest(drill);
  return (
    <Dialog title={t("drill", { seconds: seconds(drill.duration_ms) })} close={close}>
      <Stack gap="sm">
        <Text>
          {t("drill_text", { count: drill.sessions.length })}{" "}
          {last === null ? null : t("drill_slowest", { ms: Math.round(last) })}
        </Text>
        <Text size="sm" c="dimmed">
          {t("drill_kept")}
        </Text>
        <code className={classes.digest}>{drill.digest}</code>
        <Group justify="flex-end">
          <Button onClick={close} data-autofocus>
            {t("close")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
