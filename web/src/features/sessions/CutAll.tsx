import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";

import { LONGEST_REASON } from "../../api/limits";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { Choice } from "../../ui/fields";
import { useApiForm } from "../../ui/form";
import { Problem } from "../../ui/Problem";
import { siteName, useSiteOfWork } from "../../ui/zones";
import { Asking } from "./Acts";
import classes from "./CutAll.module.css";
import { cutAll, liveSessionsQuery, slowest, type Drill } from "./data";
import { texts } from "./texts";
import { writeSeconds } from "./seconds";
import { useLanguage } from "../../i18n/language";

/** The red button for all: asked, pressed, timed. */
export function CutAll() {
  const t = useTexts(texts);
  return (
    <Asking
      button={(ask) => (
        <Button color="red" leftSection={<IconPlugConnectedX size={17} aria-hidden />} onClick={ask}>
          {t("cut_all")}
        </Button>
      )}
      dialog={(close) => <CutAllDialog close={close} />}
    />
  );
}

/** What was done, and how long it took from the press to the answer, in seconds. */
interface Pressed {
  readonly drill: Drill;
  readonly seconds: number;
}

function CutAllDialog({ close }: { readonly close: () => void }) {
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
  const scope = { site: where === "here" ? (site?.id ?? null) : null, vendor: whose === "vendor", mine: false };
  const concerned = useQuery(liveSessionsQuery(scope)).data?.items.length;
  const form = useApiForm({
    initial: { reason: "" },
    check: ({ reason }) => ({
      reason:
        reason.trim() === ""
          ? t("needed")
          : reason.length > LONGEST_REASON
            ? t("too_long", { most: LONGEST_REASON })
            : null,
    }),
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
    <form onSubmit={form.submit}>
      <Stack gap="md">
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
          {concerned === undefined
            ? "…"
            : concerned === 0
              ? t("cut_all_none")
              : t("cut_all_text", { count: concerned })}
        </Text>
        <Textarea
          label={t("reason")}
          autosize
          minRows={2}
          maxRows={8}
          data-autofocus
          {...form.fields.getInputProps("reason")}
        />
        <Problem error={form.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
          <Button type="submit" color="red" loading={form.isSending}>
            {t("cut_all_action")}
          </Button>
        </Group>
      </Stack>
    </form>
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
          <span>{t("cut_in", { seconds: writeSeconds(slowest(drill), language) })}</span>
        )}
      </div>
      <Text size="sm">{t("cut_measured", { seconds: writeSeconds(seconds, language) })}</Text>
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
