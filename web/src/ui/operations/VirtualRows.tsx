import {
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type Ref,
} from "react";

import { isStuck, outerHeight, positionAt, scrolled, START, top, type Position, type Space } from "./scrollSpace";
import classes from "./VirtualRows.module.css";

const OVERSCAN = 6;

/** What whoever shows the rows can do with them. */
export interface RowsHandle {
  /** Bring a row into sight: to the middle, or where it stands as near as can be. */
  readonly show: (index: number, where: "middle" | "nearest") => void;
  readonly focus: () => void;
}

interface VirtualRowsProps {
  /** What the rows are, for those who do not see them. */
  readonly label: string;
  readonly count: number;
  /** In pixels: every row has the same height, whatever stands in it. */
  readonly rowHeight: number;
  readonly row: (index: number) => ReactNode;
  readonly selected: number | null;
  readonly select: (index: number) => void;
  /** Told which rows are in sight; must be stable. */
  readonly seen?: (first: number, last: number) => void;
  /** Stay with the last row while rows are added, until somebody scrolls away from it. */
  readonly end?: { readonly isFollowed: boolean; readonly follow: (isFollowed: boolean) => void };
  readonly ref?: Ref<RowsHandle>;
}

/** Any number of rows of one height, of which only those in sight are in the page. Arrow keys choose one. */
export function VirtualRows(props: VirtualRowsProps) {
  const { label, count, rowHeight, row, selected, select, seen, end, ref } = props;
  const name = useId();
  const frame = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState(0);
  const [placed, setPosition] = useState<Position>(START);
  const space: Space = { total: count * rowHeight, viewport };
  const isFollowed = end?.isFollowed ?? false;
  const position = isFollowed ? positionAt(space, space.total) : placed;
  const first = Math.max(0, Math.floor(top(position) / rowHeight));
  const last = Math.min(count - 1, Math.floor((top(position) + viewport) / rowHeight));

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setViewport(element.clientHeight);
    });
    observer.observe(element);
    setViewport(element.clientHeight);
    return () => {
      observer.disconnect();
    };
  }, []);

  useLayoutEffect(() => {
    if (isFollowed && frame.current !== null) frame.current.scrollTop = position.scrollTop;
  }, [isFollowed, position.scrollTop]);

  useEffect(() => {
    if (viewport > 0 && last >= first) seen?.(first, last);
  }, [seen, first, last, viewport]);

  const place = (next: Position) => {
    setPosition(next);
    if (frame.current !== null) frame.current.scrollTop = next.scrollTop;
  };
  const wanted = useRef<Parameters<RowsHandle["show"]> | null>(null);
  const show: RowsHandle["show"] = (index, where) => {
    if (viewport === 0) {
      wanted.current = [index, where];
      return;
    }
    const pixel = index * rowHeight;
    const now = top(position);
    if (where === "middle") place(positionAt(space, pixel - (viewport - rowHeight) / 2));
    else if (pixel < now) place(positionAt(space, pixel));
    else if (pixel + rowHeight > now + viewport) place(positionAt(space, pixel + rowHeight - viewport));
  };
  useLayoutEffect(() => {
    // What was asked for before there was any room to show it.
    if (viewport === 0 || wanted.current === null) return;
    show(...wanted.current);
    wanted.current = null;
  });
  useImperativeHandle(ref, () => ({ show, focus: () => frame.current?.focus({ preventScroll: true }) }));

  const scroll = () => {
    const scrollTop = frame.current?.scrollTop ?? 0;
    if (Math.abs(scrollTop - position.scrollTop) < 1) return;
    const next = scrolled(space, position, scrollTop);
    if (isStuck(space, next)) place(positionAt(space, top(next)));
    else setPosition(next);
    end?.follow(top(next) >= space.total - viewport - 1);
  };

  const choose = (index: number) => {
    const chosen = Math.min(Math.max(0, index), count - 1);
    if (chosen < 0) return;
    select(chosen);
    show(chosen, "nearest");
  };
  const press = (event: React.KeyboardEvent) => {
    const step = stepOf(event.key, Math.max(1, Math.floor(viewport / rowHeight) - 1), count);
    if (step === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    choose((selected ?? first - Math.sign(step)) + step);
  };

  const drawn = Array.from(
    { length: Math.max(0, last - first + 1 + 2 * OVERSCAN) },
    (_, place) => first - OVERSCAN + place,
  );
  const isSelectedInPage = selected !== null && selected >= first - OVERSCAN && selected <= last + OVERSCAN;
  return (
    <div
      ref={frame}
      className={classes.frame}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      {...(isSelectedInPage ? { "aria-activedescendant": `${name}-${selected}` } : {})}
      onScroll={scroll}
      onKeyDown={press}
    >
      <div className={classes.space} role="presentation" style={{ height: outerHeight(space) }}>
        {drawn
          .filter((index) => index >= 0 && index < count)
          .map((index) => (
            <div
              key={index}
              id={`${name}-${index}`}
              role="option"
              aria-selected={index === selected}
              aria-setsize={count}
              aria-posinset={index + 1}
              className={classes.row}
              style={{ height: rowHeight, transform: `translateY(${index * rowHeight - position.shift}px)` }}
              onClick={() => {
                select(index);
              }}
            >
              {row(index)}
            </div>
          ))}
      </div>
    </div>
  );
}

/** How far a key goes: rows, and everything for Home and End. */
function stepOf(key: string, page: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return 1;
    case "ArrowUp":
      return -1;
    case "PageDown":
      return page;
    case "PageUp":
      return -page;
    case "Home":
      return -count;
    case "End":
      return count;
    default:
      return null;
  }
}
