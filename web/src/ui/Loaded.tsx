import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";

import { useTexts } from "../i18n/language";
import classes from "./Loaded.module.css";
import { Problem } from "./Problem";
import { loadedTexts } from "./texts";

/** As much of a query as is needed here. */
interface Query<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

interface LoadedProps<Data> {
  readonly query: Query<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** Shows a query's data; until then its outline, and where it failed why. Old data stay while new ones cannot be had. */
export function Loaded<Data>({ query, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) {
    return (
      <div className={classes.problem}>
        <Problem error={query.error} retry={query.refetch} />
      </div>
    );
  }
  return <Outline />;
}

/** What stands in the place of something that is on its way. */
export function Outline() {
  const t = useTexts(loadedTexts);
  return (
    <div className={classes.outline} role="status" aria-label={t("loading")}>
      <Skeleton height={14} width="55%" />
      <Skeleton height={14} width="80%" />
      <Skeleton height={14} width="40%" />
    </div>
  );
}

/** What is read out while something that a click opens is on its way: nothing of it can be seen yet. */
export function Opening() {
  const t = useTexts(loadedTexts);
  return <span className="visually-hidden" role="status" aria-label={t("loading")} />;
}

interface EmptyProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing is here, and that is all right: says why, and what one could do. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      {icon === undefined ? null : (
        <div className={classes.emptyIcon} aria-hidden>
          {icon}
        </div>
      )}
      <p className={classes.emptyTitle}>{title}</p>
      {children === undefined ? null : <div className={classes.emptyText}>{children}</div>}
      {action === undefined ? null : <div className={classes.emptyAction}>{action}</div>}
    </div>
  );
}
