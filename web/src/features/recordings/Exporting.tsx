import { Button, Menu, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useMe } from "../../api/me";
import { useLanguage, useTexts } from "../../i18n/language";
import { writeBytes } from "../../i18n/times";
import { Dialog } from "../../ui/Dialog";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { fetchBytes } from "./bytes";
import type { Recording } from "./data";
import { save } from "../../ui/saving";
import { texts } from "./texts";

interface Form {
  readonly key: "pcapng_user" | "pcapng_asset" | "jsonl" | "sealed";
  readonly path: (recording: string) => string;
  readonly ending: string;
  /** Whether it gives away what was said, and so needs the right to export. */
  readonly isOpened: boolean;
}
const FORMS: readonly Form[] = [
  { key: "pcapng_user", path: (id) => `${id}/export?format=pcapng&leg=user`, ending: ".pcapng", isOpened: true },
  {
    key: "pcapng_asset",
    path: (id) => `${id}/export?format=pcapng&leg=asset`,
    ending: "-device.pcapng",
    isOpened: true,
  },
  { key: "jsonl", path: (id) => `${id}/export?format=jsonl`, ending: ".jsonl", isOpened: true },
  { key: "sealed", path: (id) => `${id}/content`, ending: ".wgrec", isOpened: false },
];

/** What can be taken from a recording; each time is an audit event, and the menu says so. */
export function ExportMenu({ recording }: { readonly recording: Recording }) {
  const t = useTexts(texts);
  const me = useMe();
  const [form, setForm] = useState<Form | null>(null);
  const offered = FORMS.filter(({ isOpened }) => !isOpened || me.may("recordings:export"));
  return (
    <>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={17} aria-hidden />}>
            {t("export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((each) => (
            <Menu.Item
              key={each.key}
              onClick={() => {
                setForm(each);
              }}
            >
              {t(`as_${each.key}`)}
              <Text size="xs">{t(`as_${each.key}_text`)}</Text>
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>{t("export_audited")}</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      {form === null ? null : (
        <ExportDialog
          recording={recording}
          form={form}
          close={() => {
            setForm(null);
          }}
        />
      )}
    </>
  );
}

interface ExportDialogProps {
  readonly recording: Recording;
  readonly form: Form;
  readonly close: () => void;
}

/** Fetches the file and hands it to the browser; can be left at any time. */
function ExportDialog({ recording, form, close }: ExportDialogProps) {
  const t = useTexts(texts);
  const say = useToast();
  const { language } = useLanguage();
  const [bytes, setBytes] = useState(0);
  const [error, setError] = useState<Error | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    const path = `/api/v1/recordings/${form.path(encodeURIComponent(recording.id))}`;
    fetchFile(path, leaving.signal, setBytes).then(
      (parts) => {
        save(new Blob(parts), `${recording.id}${form.ending}`);
        say(t("exported"));
        close();
      },
      (reason: unknown) => {
        if (!leaving.signal.aborted) setError(reason instanceof Error ? reason : new Error(String(reason)));
      },
    );
    return () => {
      leaving.abort();
    };
    // Only another form or another try begins anew: words and helpers may change meanwhile.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [form, recording.id, tries]);
  return (
    <Dialog title={t(`as_${form.key}`)} close={close}>
      <Stack gap="md">
        {error === null ? (
          <Text className="figures" role="status">
            {t("exporting", { bytes: writeBytes(bytes, language) })}
          </Text>
        ) : (
          <Problem
            error={error}
            retry={() => {
              setError(null);
              setBytes(0);
              setTries(tries + 1);
            }}
          />
        )}
        <Text size="sm" c="dimmed">
          {t("export_audited")}
        </Text>
        <Button variant="default" onClick={close}>
          {t("cancel")}
        </Button>
      </Stack>
    </Dialog>
  );
}

async function fetchFile(path: string, signal: AbortSignal, came: (bytes: number) => void): Promise<BlobPart[]> {
  const response = await fetchBytes(path, {}, signal);
  const reader = response.body?.getReader();
  const parts: BlobPart[] = [];
  let bytes = 0;
  for (;;) {
    const piece = await reader?.read();
    if (piece?.value === undefined) return parts;
    parts.push(piece.value);
    bytes += piece.value.length;
    came(bytes);
  }
}
