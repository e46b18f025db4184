import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { useTexts } from "../../i18n/language";
import { Empty, Loaded } from "../../ui/Loaded";
import { OperationRow, PHONE_ROW_HEIGHT, ROW_HEIGHT } from "../../ui/operations/OperationRow";
import { VirtualRows } from "../../ui/operations/VirtualRows";
import { useZone } from "../../ui/zones";
import { searchQuery, type Recording } from "./data";
import classes from "./Found.module.css";
import { texts } from "./texts";
import type { Lane } from "./timeline";

const PHONE = "(max-width: 48em)";

interface FoundProps {
  readonly recording: Recording;
  readonly lane: Lane;
  readonly text: string;
  /** The row of the lane "all" that is shown now. */
  readonly row: number;
  readonly choose: (row: number, at: number) => void;
  readonly seek: (ns: number) => void;
}

/** Operations that say a text: the broker looks through the recording piece by piece, as far as one scrolls. */
export function Found({ recording, lane, text, row, choose, seek }: FoundProps) {
  const t = useTexts(texts);
  const zone = useZone(recording.site);
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const found = useInfiniteQuery(searchQuery(recording.id, lane, text));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  const count = found.data?.length ?? 0;
  const seen = useCallback(
    (_first: number, last: number) => {
      if (last >= count - 1 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    [count, hasNextPage, isFetchingNextPage, fetchNextPage],
  );
  return (
    <Loaded query={found}>
      {(items) => (
        <>
          {items.length === 0 ? (
            <Empty title={hasNextPage ? t("found_none_yet") : t("found_none")} />
          ) : (
            <VirtualRows
              label={t("found")}
              count={items.length}
              rowHeight={isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT}
              selected={indexOrNull(items.findIndex(({ number }) => number === row + 1))}
              select={(index) => {
                const asked = items[index];
                if (asked?.number != null) choose(asked.number - 1, asked.since_start_ns);
                else if (asked !== undefined) seek(asked.since_start_ns);
              }}
              seen={seen}
              row={(index) => {
                const asked = items[index];
                return asked === undefined ? null : <OperationRow exchange={{ asked, answer: null }} zone={zone} />;
              }}
            />
          )}
          <div className={classes.foot} role="status">
            {hasNextPage ? t("found_more", { count: items.length }) : t("found_all", { count: items.length })}
            {hasNextPage ? (
              <Button
                size="compact-xs"
                variant="subtle"
                loading={isFetchingNextPage}
                onClick={() => void fetchNextPage()}
              >
                {t("look_on")}
              </Button>
            ) : null}
          </div>
        </>
      )}
    </Loaded>
  );
}

function indexOrNull(index: number): number | null {
  return index < 0 ? null : index;
}
