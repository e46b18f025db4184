import "../../ui/styles/forms";

import { Switch } from "@mantine/core";
import { useState } from "react";

import { useMe } from "../../api/me";
import { beginNotifying, canNotify, endNotifying, isNotifying } from "../../api/notices";
import { useTexts } from "../../i18n/language";
import { Panel } from "../../ui/Page";
import { texts } from "./texts";

/** For those who answer sessions: whether this device tells them while they look at something else. */
export function Notices() {
  const t = useTexts(texts);
  const me = useMe();
  const [isOn, setIsOn] = useState(isNotifying);
  const [wasRefused, setWasRefused] = useState(false);
  if (!canNotify() || !me.may("requests:decide")) return null;
  const choose = async (wanted: boolean) => {
    if (!wanted) endNotifying();
    const will = wanted && (await beginNotifying());
    setIsOn(will);
    setWasRefused(wanted && !will);
  };
  return (
    <Panel title={t("notices")}>
      <Switch
        label={t("notices_on")}
        description={t("notices_hint")}
        checked={isOn}
        error={wasRefused ? t("notices_refused") : null}
        onChange={(event) => {
          void choose(event.currentTarget.checked);
        }}
      />
    </Panel>
  );
}
