/**
 * Scrolling over more rows than a browser can lay out. Pure.
 *
 * Browsers bound how tall a page may be (some at 17 million pixels): a million rows are taller. Above `TALLEST` the scrollbar is shared
 * out: a jump of it goes to the same part of the rows, while small steps move row by row, as everywhere else.
 */

/** Less than every browser's bound. */
export const TALLEST = 8_000_000;

/** A step of so many viewports is a jump: the scrollbar was dragged. */
const JUMP_VIEWPORTS = 3;
const MARGIN_VIEWPORTS = 20;

export interface Space {
  /** All rows' height, and the height of the part that is seen. */
  readonly total: number;
  readonly viewport: number;
}

/** Where the scrollbar stands, and how far what is seen lies behind it. */
export interface Position {
  readonly scrollTop: number;
  readonly shift: number;
}

export const START: Position = { scrollTop: 0, shift: 0 };

/** The height that is laid out. */
export function outerHeight({ total }: Space): number {
  return Math.min(total, TALLEST);
}

/** The first pixel of the rows that is seen. */
export function top({ scrollTop, shift }: Position): number {
  return scrollTop + shift;
}

/** How far seen pixels and the scrollbar can go. */
function ways({ total, viewport }: Space): { pixels: number; bar: number } {
  return { pixels: Math.max(0, total - viewport), bar: Math.max(0, Math.min(total, TALLEST) - viewport) };
}

/** Near both ends a pixel of the scrollbar is a pixel of the rows, so that small steps end where the rows do. */
function margin({ viewport }: Space): number {
  return MARGIN_VIEWPORTS * viewport;
}

/** The position at which a pixel is the first that is seen, with the scrollbar at the same part of its way. */
export function positionAt(space: Space, pixel: number): Position {
  const { pixels, bar } = ways(space);
  const near = margin(space);
  const wanted = Math.min(Math.max(0, pixel), pixels);
  if (pixels === bar || wanted <= near) return { scrollTop: wanted, shift: 0 };
  if (wanted >= pixels - near) return { scrollTop: wanted - pixels + bar, shift: pixels - bar };
  const part = (wanted - near) / (pixels - 2 * near);
  const scrollTop = Math.round(near + part * (bar - 2 * near));
  return { scrollTop, shift: wanted - scrollTop };
}

/** The position after somebody scrolled to here. */
export function scrolled(space: Space, before: Position, scrollTop: number): Position {
  const { pixels, bar } = ways(space);
  if (pixels === bar) return { scrollTop, shift: 0 };
  const isJump = Math.abs(scrollTop - before.scrollTop) > JUMP_VIEWPORTS * space.viewport;
  const wanted = isJump ? pixelUnder(space, scrollTop) : scrollTop + before.shift;
  return { scrollTop, shift: Math.min(Math.max(0, wanted), pixels) - scrollTop };
}

/** The pixel that belongs to a place of the scrollbar: the inverse of `positionAt`. */
function pixelUnder(space: Space, scrollTop: number): number {
  const { pixels, bar } = ways(space);
  const near = margin(space);
  if (scrollTop <= near) return scrollTop;
  if (scrollTop >= bar - near) return scrollTop - bar + pixels;
  return near + ((scrollTop - near) / (bar - 2 * near)) * (pixels - 2 * near);
}

/** Whether small steps have brought the scrollbar to an end of its way before the rows end. */
export function isStuck(space: Space, position: Position): boolean {
  const { pixels, bar } = ways(space);
  const first = top(position);
  return (position.scrollTop <= 0 && first > 0) || (position.scrollTop >= bar - 1 && first < pixels - 1);
}
