import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Panel } from "../../ui/Page";
import { Moment } from "../../ui/times";
import { locksQuery, type User } from "./data";
import { texts } from "./texts";

/** A lock stands above all grants: whoever looks at an account must see it. */
export function Locked({ user }: { readonly user: User }) {
  const t = useTexts(texts);
  const me = useMe();
  const may = me.may("locks:manage", "sessions:read_all");
  const locks = useQuery({ ...locksQuery, enabled: may });
  return locks.data
    ?.filter(({ kind, target }) => kind === "user" && target === user.id)
    .map((lock) => (
      <Panel key={lock.id} tone="alarm" title={t("locked")} aside={<Link href="/locks">{t("to_locks")}</Link>}>
        {lock.reason}{" "}
        {lock.until === null ? t("until_lifted") : t.rich("until_moment", { until: <Moment at={lock.until} /> })}
      </Panel>
    ));
}
