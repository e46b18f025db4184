import { useQuery } from "@tanstack/react-query";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";

import { useMe } from "../api/me";
import { notify } from "../api/notices";
import { useTexts } from "../i18n/language";
import { questionsQuery } from "../ui/questions/questions";
import classes from "./Shell.module.css";
import { texts } from "./texts";

/** How many questions of sessions wait for a yes or a no that the user may give. */
export function useAsked(): number {
  const me = useMe();
  const found = useQuery({ ...questionsQuery(null), enabled: me.may("requests:decide") });
  const waiting = (found.data ?? []).filter(({ user }) => user !== me.id);
  useNotices(waiting.map(({ id }) => id).join(" "));
  return waiting.length;
}

/** Tell whoever looks elsewhere that something new waits, and take that back when nothing waits any more. */
function useNotices(waiting: string): void {
  const t = useTexts(texts);
  const [, go] = useLocation();
  const known = useRef<ReadonlySet<string>>(new Set());
  const notice = useRef<Notification | null>(null);
  useEffect(() => {
    const now = new Set(waiting.split(" ").filter(Boolean));
    const isNew = [...now].some((id) => !known.current.has(id));
    known.current = now;
    if (now.size === 0 || isNew) notice.current?.close();
    if (isNew && document.hidden)
      notice.current = notify(t("asked", { count: now.size }), t("asked_notice"), () => {
        go("/");
      });
  }, [waiting, t, go]);
}

/** Above every page but home, which has the questions themselves: that sessions ask, and the way to them. */
export function Asked({ count }: { readonly count: number }) {
  const t = useTexts(texts);
  const [location] = useLocation();
  const isShown = count > 0 && location !== "/";
  return (
    <div role="status">
      {isShown ? (
        <p className={classes.notice}>
          <IconMessageQuestion aria-hidden size={18} />
          <span>
            {t("asked", { count })} <Link href="/">{t("to_the_answers")}</Link>
          </span>
        </p>
      ) : null}
    </div>
  );
}
