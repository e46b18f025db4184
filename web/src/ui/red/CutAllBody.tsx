import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";

import type { Drill } from "../../api/types";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeSeconds } from "../../i18n/times";
import { Dialog } from "../Dialog";
import { DialogForm, ReasonField, useReasonCheck } from "../DialogForm";
import { Choice } from "../fields";
import { useApiForm } from "../form";
import { siteName, useSiteOfWork } from "../zones";
import classes from "./CutAll.module.css";
import { concernedQuery, cutAll, slowest } from "./cuts";
import { texts } from "./texts";

/** What was done, and how long it took from the press to the answer, in seconds. */
interface Pressed {
  readonly drill: Drill;
  readonly seconds: number;
}

/** Asks whose sessions are cut and where, and says how fast it was: loaded when it is first wanted. */
export default function CutAllBody({ close }: { readonly close: () => void }) {
  const t = useTexts(texts);
  const [pressed, setPressed] = useState<Pressed | null>(null);
  return (
    <Dialog title={pressed === null ? t("cut_all_title") : t("report")} close={close}>
      {pressed === null ? <Press close={close} pressed={setPressed} /> : <Done pressed={pressed} close={close} />}
    </Dialog>
  );
}

interface PressProps {
  readonly close: () => void;
  readonly pressed: (pressed: Pressed) => void;
}

function Press({ close, pressed }: PressProps) {
  const t = useTexts(texts);
  const cache = useQueryClient();
  const { site } = useSiteOfWork();
  const [whose, setWhose] = useState<"vendor" | "everybody">("vendor");
  const [where, setWhere] = useState<"here" | "everywhere">(site === null ? "everywhere" : "here");
  const scope = { site: where === "here" ? (site?.id ?? null) : null, vendor: whose === "vendor" };
  const checkReason = useReasonCheck();
  const concerned = useQuery(concernedQuery(scope)).data;
  const form = useApiForm({
    initial: { reason: "" },
    check: ({ reason }) => ({ reason: checkReason(reason) }),
    send: async ({ reason }): Promise<Pressed> => {
      const began = performance.now();
      const drill = await cutAll({ vendor_only: scope.vendor, site: scope.site, reason: reason.trim() });
      return { drill, seconds: (performance.now() - began) / 1000 };
    },
    done: (done) => {
      void cache.invalidateQueries({ queryKey: ["sessions"] });
      pressed(done);
    },
  });
  return (
    <DialogForm form={form} action={t("cut_all_action")} isGrave close={close}>
      <Group gap="lg">
        <div>
          <Text size="sm" mb={4}>
            {t("cut_all_who")}
          </Text>
          <Choice
            label={t("cut_all_who")}
            value={whose}
            options={[
              { value: "vendor", label: t("cut_all_vendor") },
              { value: "everybody", label: t("cut_all_everybody") },
            ]}
            choose={setWhose}
          />
        </div>
        {site === null ? null : (
          <div>
            <Text size="sm" mb={4}>
              {t("cut_all_where")}
            </Text>
            <Choice
              label={t("cut_all_where")}
              value={where}
              options={[
                { value: "here", label: t("cut_all_here", { site: siteName(site) }) },
                { value: "everywhere", label: t("cut_all_everywhere") },
              ]}
              choose={setWhere}
            />
          </div>
        )}
      </Group>
      <Text aria-live="polite">
        {concerned === undefined ? "…" : concerned === 0 ? t("cut_all_none") : t("cut_all_text", { count: concerned })}
      </Text>
      <ReasonField {...form.fields.getInputProps("reason")} />
    </DialogForm>
  );
}

interface DoneProps {
  readonly pressed: Pressed;
  readonly close: () => void;
}

function Done({ pressed: { drill, seconds }, close }: DoneProps) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  return (
    <Stack gap="md">
      <div className={classes.done} role="status">
        <strong>{t("cut_count", { count: drill.sessions.length })}</strong>
        {drill.sessions.length === 0 ? null : (
          <span>{t("cut_in", { time: writeSeconds(slowest(drill), language) })}</span>
        )}
      </div>
      <Text size="sm">{t("cut_measured", { time: writeSeconds(seconds, language) })}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {t("close")}
        </Button>
        <Button component={Link} href={`/sessions/drills/${drill.id}`} data-autofocus>
          {t("report_open")}
        </Button>
      </Group>
    </Stack>
  );
}
