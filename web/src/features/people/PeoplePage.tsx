import "../../ui/styles/forms";

import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { Link, useSearchParams } from "wouter";

import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Choice, Filters, SearchField } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Ago, Moment } from "../../ui/times";
import { AccountBadge, Roles } from "./badges";
import { groupsQuery, organizationsQuery, usersQuery, type User, type UserFilter } from "./data";
import classes from "./people.module.css";
import { PeopleFrame } from "./PeopleFrame";
import { texts } from "./texts";

const STATES = ["all", "enabled", "disabled"] as const;

/** Everybody with an account. */
export default function PeoplePage() {
  const t = useTexts(texts);
  const me = useMe();
  const [filter, change] = useFilter();
  const users = useInfiniteQuery(usersQuery(filter));
  const columns: readonly Column<User>[] = [
    { title: t("person"), cell: (user) => <Person user={user} /> },
    { title: t("organization"), cell: (user) => user.organization },
    { title: t("roles"), cell: (user) => <Roles roles={user.roles} /> },
    { title: t("sponsor"), cell: (user) => user.sponsor ?? "–" },
    { title: t("ends"), cell: (user) => (user.ends_at === null ? "–" : <Moment at={user.ends_at} style="day" />) },
    {
      title: t("seen"),
      cell: (user) => (user.last_signed_in_at === null ? t("never") : <Ago at={user.last_signed_in_at} />),
    },
    { title: t("state"), cell: (user) => <AccountBadge user={user} plain /> },
  ];
  return (
    <PeopleFrame
      here="/people"
      lead={t("lead")}
      actions={
        me.may("people:manage") ? (
          <Button component={Link} href="/people/new" leftSection={<IconUserPlus size={17} aria-hidden />}>
            {t("new_user")}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <FilterBar filter={filter} change={change} />
        <Loaded query={users}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={<IconUsers />} title={t("nobody")} />
            ) : (
              <RecordList
                label={t("title")}
                items={items}
                id={(user) => user.id}
                columns={columns}
                href={(user) => `/people/users/${user.id}`}
                more={users}
              />
            )
          }
        </Loaded>
      </Panel>
    </PeopleFrame>
  );
}

function Person({ user }: { readonly user: User }) {
  return (
    <span className={classes.person}>
      <span>{user.display_name === "" ? user.username : user.display_name}</span>
      {user.display_name === "" || user.display_name === user.username ? null : (
        <span className={classes.username}>{user.username}</span>
      )}
    </span>
  );
}

/** The filter stands in the address: a group or an organization leads to its people. */
function useFilter(): [UserFilter, (part: Partial<UserFilter>) => void] {
  const [address, setAddress] = useSearchParams();
  const said = (name: string) => address.get(name) ?? "";
  const state = STATES.find((each) => each === said("state")) ?? "all";
  const filter: UserFilter = { q: said("q"), organization: said("organization"), group: said("group"), state };
  const change = (part: Partial<UserFilter>) => {
    const entries = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== "" && value !== "all");
    setAddress(Object.fromEntries(entries), { replace: true });
  };
  return [filter, change];
}

interface FilterBarProps {
  readonly filter: UserFilter;
  readonly change: (part: Partial<UserFilter>) => void;
}

function FilterBar({ filter, change }: FilterBarProps) {
  const t = useTexts(texts);
  const organizations = useQuery(organizationsQuery);
  const groups = useQuery(groupsQuery);
  return (
    <Filters>
      <SearchField
        label={t("search")}
        value={filter.q}
        search={(q) => {
          change({ q });
        }}
      />
      <Select
        aria-label={t("organization")}
        placeholder={t("any_organization")}
        className={classes.choice ?? ""}
        data={(organizations.data ?? []).map(({ name, display_name }) => ({
          value: name,
          label: display_name || name,
        }))}
        value={filter.organization === "" ? null : filter.organization}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("any_organization") }}
        nothingFoundMessage={t("none_such")}
        onChange={(organization) => {
          change({ organization: organization ?? "" });
        }}
      />
      <Select
        aria-label={t("group")}
        placeholder={t("any_group")}
        className={classes.choice ?? ""}
        data={(groups.data ?? []).map(({ name, display_name }) => ({ value: name, label: display_name || name }))}
        value={filter.group === "" ? null : filter.group}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("any_group") }}
        nothingFoundMessage={t("none_such")}
        onChange={(group) => {
          change({ group: group ?? "" });
        }}
      />
      <Choice
        label={t("state")}
        value={filter.state}
        options={STATES.map((state) => ({ value: state, label: t(`state_${state}`) }))}
        choose={(state) => {
          change({ state });
        }}
      />
    </Filters>
  );
}
