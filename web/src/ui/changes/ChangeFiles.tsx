import { Button, Menu, Stack, Text } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { streamed } from "../../api/client";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../Dialog";
import { Problem } from "../Problem";
import { save } from "../saving";
import { texts } from "./texts";

const FILES = [
  { key: "changes_csv", sheet: "changes", format: "csv" },
  { key: "changes_pdf", sheet: "changes", format: "pdf" },
  { key: "undo_pdf", sheet: "undo", format: "pdf" },
  { key: "undo_csv", sheet: "undo", format: "csv" },
] as const;
type File = (typeof FILES)[number];

interface ChangeFilesProps {
  /** The filters of the change log; undefined and empty ones narrow nothing. */
  readonly filter: Readonly<Record<string, string | undefined>>;
}

/** The change log and the undo sheet as files that the broker makes; each is an audit event. */
export function ChangeFiles({ filter }: ChangeFilesProps) {
  const t = useTexts(texts);
  const [file, setFile] = useState<File | null>(null);
  return (
    <>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <Button variant="default" size="sm" leftSection={<IconFileText size={17} aria-hidden />}>
            {t("files")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FILES.map((each) => (
            <Menu.Item
              key={each.key}
              onClick={() => {
                setFile(each);
              }}
            >
              {t(each.key)}
              {each.sheet === "undo" ? <Text size="xs">{t("undo_text")}</Text> : null}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {file === null ? null : (
        <Making
          file={file}
          filter={filter}
          close={() => {
            setFile(null);
          }}
        />
      )}
    </>
  );
}

interface MakingProps extends ChangeFilesProps {
  readonly file: File;
  readonly close: () => void;
}

function Making({ file, filter, close }: MakingProps) {
  const t = useTexts(texts);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const given = Object.entries(filter).filter((each): each is [string, string] => Boolean(each[1]));
    const query = new URLSearchParams([...given, ["sheet", file.sheet], ["format", file.format]]);
    streamed(`/api/v1/changes/export?${query.toString()}`, leaving.signal)
      .then((stream) => new Response(stream).blob())
      .then(
        (content) => {
          save(content, `${file.sheet}.${file.format}`);
          close();
        },
        (reason: unknown) => {
          if (!leaving.signal.aborted) setError(reason instanceof Error ? reason : new Error(String(reason)));
        },
      );
    return () => {
      leaving.abort();
    };
    // The filter is written anew at each rendering of the page; the dialog stands for the one it was opened with.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <Dialog title={t(file.key)} close={close}>
      <Stack gap="md">
        <Problem error={error} />
        {error === null ? <Text role="status">{t("making")}</Text> : null}
        <Button variant="default" onClick={close}>
          {t("cancel")}
        </Button>
      </Stack>
    </Dialog>
  );
}
