import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconPlus, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { DialogForm } from "../../ui/DialogForm";
import { Filters, SearchField } from "../../ui/fields";
import { useApiForm } from "../../ui/form";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { groupsQuery, type Group } from "./data";
import { NameFields } from "./NameFields";
import { PeopleFrame } from "./PeopleFrame";
import { faultTexts, texts } from "./texts";

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Groups: whom policies mean, and whose word is asked for. */
export default function GroupsPage() {
  const t = useTexts(texts);
  const me = useMe();
  const groups = useQuery(groupsQuery);
  const [wanted, setWanted] = useState("");
  const [isMaking, setIsMaking] = useState(false);
  const columns: readonly Column<Group>[] = [
    { title: t("group"), cell: (group) => group.display_name || group.name },
    { title: t("short_name"), cell: (group) => <code>{group.name}</code> },
    {
      title: t("members"),
      cell: (group) => (group.members.length === 0 ? t("no_members") : someOf(group.members)),
    },
    { title: t("count"), cell: (group) => group.members.length, width: "6rem", align: "end" },
  ];
  return (
    <PeopleFrame
      here="/people/groups"
      lead={t("groups_lead")}
      actions={
        me.may("people:manage") ? (
          <Button
            leftSection={<IconPlus size={17} aria-hidden />}
            onClick={() => {
              setIsMaking(true);
            }}
          >
            {t("new_group")}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <Filters>
          <SearchField label={t("search_groups")} value={wanted} search={setWanted} />
        </Filters>
        <Loaded query={groups}>
          {(items) => {
            const shown = items.filter((group) => fits(group, wanted));
            return shown.length === 0 ? (
              <Empty icon={<IconUsers />} title={t("none_such")} />
            ) : (
              <RecordList
                label={t("groups")}
                items={shown}
                id={(group) => group.id}
                columns={columns}
                href={(group) => `/people/groups/${group.name}`}
              />
            );
          }}
        </Loaded>
      </Panel>
      {isMaking ? (
        <NewGroup
          close={() => {
            setIsMaking(false);
          }}
        />
      ) : null}
    </PeopleFrame>
  );
}

const SHOWN = 4;

function someOf(members: readonly string[]): string {
  return members.length > SHOWN ? `${members.slice(0, SHOWN).join(", ")} …` : members.join(", ");
}

function fits(group: Group, wanted: string): boolean {
  const text = wanted.toLowerCase();
  return [group.name, group.display_name, ...group.members].some((each) => each.toLowerCase().includes(text));
}

function NewGroup({ close }: { readonly close: () => void }) {
  const t = useTexts(texts);
  const fault = useTexts(faultTexts);
  const cache = useQueryClient();
  const [, go] = useLocation();
  const form = useApiForm({
    initial: { name: "", display_name: "" },
    check: ({ name }) => ({ name: SLUG.test(name) ? null : fault("slug_form") }),
    send: (body) => answer(api.POST("/api/v1/groups", { body })),
    done: (group) => {
      void cache.invalidateQueries({ queryKey: ["people"] });
      go(`/people/groups/${group.name}`);
    },
  });
  return (
    <Dialog title={t("new_group")} close={close}>
      <DialogForm form={form} action={t("make_group")} close={close}>
        <NameFields fields={form.fields} />
      </DialogForm>
    </Dialog>
  );
}
