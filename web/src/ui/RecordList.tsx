import { Button } from "@mantine/core";
import { useIntersection, useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";
import { Link } from "wouter";

import { useTexts } from "../i18n/language";
import classes from "./RecordList.module.css";
import { recordListTexts } from "./texts";

/** From this many rows on, only those in sight are in the page. */
const MANY = 80;
const ROW_HEIGHT = 44;
const CARD_HEIGHT = 132;
const OVERSCAN = 12;
const PHONE = "(max-width: 48em)";

export interface Column<Item> {
  readonly title: string;
  /** The title is for those who do not see the column: buttons speak for themselves. */
  readonly isTitleHidden?: boolean;
  readonly cell: (item: Item) => ReactNode;
  /** CSS width; columns without one share the rest. */
  readonly width?: string;
  readonly align?: "end";
}

/** The part of an infinite query that fetches further pages. */
interface More {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

interface RecordListProps<Item> {
  /** What the list is, for those who do not see it. */
  readonly label: string;
  readonly items: readonly Item[];
  /** The first column names the thing; on phones it is the card's heading. */
  readonly columns: readonly Column<Item>[];
  readonly id: (item: Item) => string;
  /** Where a row leads. */
  readonly href?: (item: Item) => string;
  readonly more?: More;
}

/** Many things of one kind: a dense table where there is room, cards on a phone, and never more in the page than fits. */
export function RecordList<Item>({ more, ...list }: RecordListProps<Item>) {
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  return (
    <>
      {isPhone ? <Cards {...list} /> : <Table {...list} />}
      {more?.hasNextPage === true ? <MoreRows more={more} /> : null}
    </>
  );
}

type ListProps<Item> = Omit<RecordListProps<Item>, "more">;

/** Which rows are in the page, and how much room the others would take above and below. */
function useWindow<Element extends HTMLElement>(count: number, height: number) {
  const list = useRef<Element>(null);
  const virtualizer = useWindowVirtualizer<HTMLElement>({
    count,
    enabled: count > MANY,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  if (count <= MANY) {
    return { list, rows: Array.from({ length: count }, (_, index) => index), above: 0, below: 0, measure: undefined };
  }
  const shown = virtualizer.getVirtualItems();
  const margin = virtualizer.options.scrollMargin;
  return {
    list,
    rows: shown.map((row) => row.index),
    above: Math.max(0, (shown[0]?.start ?? margin) - margin),
    below: Math.max(0, virtualizer.getTotalSize() - (shown.at(-1)?.end ?? margin) + margin),
    measure: virtualizer.measureElement,
  };
}

function Table<Item>({ label, items, columns, id, href }: ListProps<Item>) {
  const { list, rows, above, below, measure } = useWindow<HTMLTableElement>(items.length, ROW_HEIGHT);
  return (
    <table ref={list} className={classes.table} aria-label={label} aria-rowcount={items.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <th key={column.title} scope="col" data-align={column.align} style={{ width: column.width }}>
              <Title column={column} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {above > 0 ? <tr aria-hidden style={{ height: above }} /> : null}
        {rows.map((index) => {
          const item = items[index];
          return item === undefined ? null : (
            <tr key={id(item)} ref={measure} data-index={index} aria-rowindex={index + 2} className={classes.row}>
              {columns.map((column, place) => (
                <td key={column.title} data-align={column.align}>
                  {place === 0 ? <Named href={href?.(item)}>{column.cell(item)}</Named> : column.cell(item)}
                </td>
              ))}
            </tr>
          );
        })}
        {below > 0 ? <tr aria-hidden style={{ height: below }} /> : null}
      </tbody>
    </table>
  );
}

function Cards<Item>({ label, items, columns, id, href }: ListProps<Item>) {
  const { list, rows, above, below, measure } = useWindow<HTMLUListElement>(items.length, CARD_HEIGHT);
  const [first, ...others] = columns;
  return (
    <ul ref={list} className={classes.cards} aria-label={label}>
      {above > 0 ? <li aria-hidden style={{ height: above }} /> : null}
      {rows.map((index) => {
        const item = items[index];
        return item === undefined ? null : (
          <li
            key={id(item)}
            ref={measure}
            data-index={index}
            aria-setsize={items.length}
            aria-posinset={index + 1}
            className={classes.card}
          >
            <div className={classes.cardName}>
              <Named href={href?.(item)}>{first?.cell(item)}</Named>
            </div>
            <dl className={classes.cardFacts}>
              {others.map((column) => (
                <Fact key={column.title} column={column} value={column.cell(item)} />
              ))}
            </dl>
          </li>
        );
      })}
      {below > 0 ? <li aria-hidden style={{ height: below }} /> : null}
    </ul>
  );
}

type Titled = Pick<Column<never>, "title" | "isTitleHidden">;

/** A card leaves out what a thing does not have: there is no column to be kept. */
function Fact({ column, value }: { readonly column: Titled; readonly value: ReactNode }) {
  if (value === "" || value === null) return null;
  return (
    <div>
      <dt>
        <Title column={column} />
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

function Title({ column }: { readonly column: Titled }) {
  return column.isTitleHidden === true ? <span className="visually-hidden">{column.title}</span> : column.title;
}

/** The name of a row; its link reaches over the whole row. */
function Named({ href, children }: { readonly href: string | undefined; readonly children: ReactNode }) {
  return href === undefined ? (
    children
  ) : (
    <Link href={href} className={classes.link}>
      {children}
    </Link>
  );
}

/** Fetches the next page when it comes into sight; the button is for those who do not scroll. */
export function MoreRows({ more }: { readonly more: More }) {
  const t = useTexts(recordListTexts);
  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  const isInSight = entry?.isIntersecting ?? false;
  const { isFetchingNextPage, fetchNextPage } = more;
  useEffect(() => {
    if (isInSight && !isFetchingNextPage) void fetchNextPage();
  }, [isInSight, isFetchingNextPage, fetchNextPage]);
  return (
    <div ref={ref} className={classes.more}>
      <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {t("more")}
      </Button>
    </div>
  );
}
