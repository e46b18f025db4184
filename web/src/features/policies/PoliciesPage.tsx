import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPlus, IconScale } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";

import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Filters, SearchField } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Ago } from "../../ui/times";
import { policiesQuery, type Policy } from "./data";
import { Kind } from "./Kind";
import classes from "./policies.module.css";
import { PolicyFrame } from "./PolicyFrame";
import { texts } from "./texts";

/** The policies that hold, each with who put it in force last, and why. */
export default function PoliciesPage() {
  const t = useTexts(texts);
  const me = useMe();
  const policies = useQuery(policiesQuery);
  const [wanted, setWanted] = useState("");
  const columns: readonly Column<Policy>[] = [
    { title: t("name"), cell: (policy) => policy.name },
    { title: t("kind"), cell: (policy) => <Kind kind={policy.kind} /> },
    { title: t("comment"), cell: (policy) => <span className={classes.comment}>{policy.comment || "–"}</span> },
    { title: t("version"), cell: (policy) => policy.version, width: "6rem", align: "end" },
    { title: t("by"), cell: (policy) => policy.author_name, width: "9rem" },
    { title: t("changed"), cell: (policy) => <Ago at={policy.at} />, width: "9rem", align: "end" },
  ];
  return (
    <PolicyFrame
      here="/policies"
      lead={t("lead")}
      actions={
        me.may("policies:manage") ? (
          <Button component={Link} href="/policies/tools/new" leftSection={<IconPlus size={17} aria-hidden />}>
            {t("new")}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <Filters>
          <SearchField label={t("search")} value={wanted} search={setWanted} />
        </Filters>
        <Loaded query={policies}>
          {(items) => {
            const shown = items.filter((policy) => fits(policy, wanted));
            if (shown.length > 0) {
              return (
                <RecordList
                  label={t("title")}
                  items={shown}
                  id={(policy) => policy.name}
                  columns={columns}
                  href={(policy) => `/policies/${policy.name}`}
                />
              );
            }
            return items.length === 0 ? (
              <Empty icon={<IconScale />} title={t("none")}>
                {t("none_text")}
              </Empty>
            ) : (
              <Empty icon={<IconScale />} title={t("none_like")} />
            );
          }}
        </Loaded>
      </Panel>
    </PolicyFrame>
  );
}

function fits(policy: Policy, wanted: string): boolean {
  const text = wanted.toLowerCase();
  return [policy.name, policy.comment, policy.author_name].some((each) => each.toLowerCase().includes(text));
}
