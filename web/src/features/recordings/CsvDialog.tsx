import { Button, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";

import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { Problem } from "../../ui/Problem";
import { writeCsv } from "./csv";
import { readChanges, type Change, type ChangeFilter } from "./data";
import { save } from "../../ui/saving";
import { texts } from "./texts";

const PAGE = 500;
/** More than a spreadsheet is good for; whoever needs them narrows the period. */
const MOST = 50_000;

interface Collected {
  readonly changes: readonly Change[];
  readonly isAll: boolean;
  readonly unreadable: number;
}

interface CsvDialogProps {
  readonly filter: ChangeFilter;
  readonly close: () => void;
}

/** Collects all changes of a filter, page by page, and says what is missing before they are saved. */
export function CsvDialog({ filter, close }: CsvDialogProps) {
  const t = useTexts(texts);
  const [count, setCount] = useState(0);
  const [done, setDone] = useState<Collected | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    collect(filter, leaving.signal, setCount).then(setDone, (reason: unknown) => {
      if (!leaving.signal.aborted) setError(reason instanceof Error ? reason : new Error(String(reason)));
    });
    return () => {
      leaving.abort();
    };
    // The filter is written anew at each rendering of the page; the dialog stands for the one it was opened with.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <Dialog title={t("csv")} close={close}>
      <Stack gap="md">
        <Problem error={error} />
        {error === null ? (
          <Text className="figures" role="status">
            {t("csv_collected", { count: done?.changes.length ?? count })}
          </Text>
        ) : null}
        {done?.isAll === false ? <Text>{t("csv_cut", { most: MOST })}</Text> : null}
        {done !== null && done.unreadable > 0 ? (
          <Text c="var(--alarm)">{t("changes_missing", { count: done.unreadable })}</Text>
        ) : null}
        <Text size="sm" c="dimmed">
          {t("csv_text")}
        </Text>
        <Button
          disabled={done === null}
          loading={done === null && error === null}
          onClick={() => {
            if (done === null) return;
            save(new Blob(["\uFEFF", writeCsv(done.changes)], { type: "text/csv" }), "changes.csv");
            close();
          }}
        >
          {t("csv_save")}
        </Button>
      </Stack>
    </Dialog>
  );
}

async function collect(filter: ChangeFilter, signal: AbortSignal, came: (count: number) => void): Promise<Collected> {
  const changes: Change[] = [];
  let unreadable = 0;
  let cursor: string | undefined;
  do {
    const page = await readChanges(filter, cursor, PAGE, signal);
    changes.push(...page.items);
    unreadable += page.unreadable.length;
    cursor = page.next_cursor ?? undefined;
    came(changes.length);
  } while (cursor !== undefined && changes.length < MOST);
  return { changes, isAll: cursor === undefined, unreadable };
}
