import "../../ui/styles/forms";

import { ActionIcon, Button, Group, Select, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { groupsQuery, type User } from "./data";
import classes from "./people.module.css";
import { texts } from "./texts";

/** Which groups somebody is in: policies mean groups, and so do approvals. */
export function Memberships({ user }: { readonly user: User }) {
  const t = useTexts(texts);
  const me = useMe();
  const cache = useQueryClient();
  const groups = useQuery(groupsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const moved = () => cache.invalidateQueries({ queryKey: ["people"] });
  const joining = useMutation({
    mutationFn: (group: string) =>
      answer(api.PUT("/api/v1/groups/{group}/members/{user}", { params: { path: { group, user: user.id } } })),
    onSuccess: async () => {
      setChosen(null);
      await moved();
    },
  });
  const leaving = useMutation({
    mutationFn: (group: string) =>
      answer(api.DELETE("/api/v1/groups/{group}/members/{user}", { params: { path: { group, user: user.id } } })),
    onSuccess: moved,
  });
  const may = me.may("people:manage");
  const others = (groups.data ?? []).filter(({ name }) => !user.groups.includes(name));
  return (
    <Panel title={t("groups")}>
      {user.groups.length === 0 ? <p className={classes.dimmed}>{t("no_groups")}</p> : null}
      <ul className={classes.chips} aria-label={t("groups")}>
        {user.groups.map((group) => (
          <li key={group} className={classes.chip}>
            <Link href={`/people/groups/${group}`}>{group}</Link>
            {may ? (
              <Tooltip label={t("leave_group", { group })}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={t("leave_group", { group })}
                  loading={leaving.isPending && leaving.variables === group}
                  onClick={() => {
                    leaving.mutate(group);
                  }}
                >
                  <IconX size={14} />
                </ActionIcon>
              </Tooltip>
            ) : null}
          </li>
        ))}
      </ul>
      {may && others.length > 0 ? (
        <Group gap="sm" mt="sm" align="end">
          <Select
            aria-label={t("group")}
            placeholder={t("choose_group")}
            data={others.map(({ name, display_name }) => ({ value: name, label: display_name || name }))}
            value={chosen}
            searchable
            nothingFoundMessage={t("none_such")}
            onChange={setChosen}
          />
          <Button
            variant="default"
            disabled={chosen === null}
            loading={joining.isPending}
            onClick={() => {
              if (chosen !== null) joining.mutate(chosen);
            }}
          >
            {t("join_group")}
          </Button>
        </Group>
      ) : null}
      <Problem error={joining.error ?? leaving.error} />
    </Panel>
  );
}
