import "../../ui/styles/forms";

import { Button, Group as Row } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { useToast } from "../../ui/toasts";
import { groupsQuery, type Group } from "./data";
import classes from "./people.module.css";
import { PersonSelect } from "./PersonSelect";
import { RenameDialog } from "./RenameDialog";
import { texts } from "./texts";

/** One group and who is in it. */
export default function GroupPage() {
  const t = useTexts(texts);
  const me = useMe();
  const { group: wanted } = useParams<{ group: string }>();
  const groups = useQuery(groupsQuery);
  const group = groups.data?.find(({ id, name }) => id === wanted || name === wanted);
  return (
    <Page
      title={group === undefined ? wanted : titleOf(group)}
      above={<Link href="/people/groups">{t("groups")}</Link>}
      lead={group === undefined || titleOf(group) === group.name ? null : <code>{group.name}</code>}
      width="narrow"
      actions={group !== undefined && me.may("people:manage") ? <Actions group={group} /> : undefined}
    >
      <Loaded query={groups}>
        {() =>
          group === undefined ? (
            <Empty icon={<IconUsers />} title={t("none_such")} />
          ) : (
            <Members key={group.id} group={group} />
          )
        }
      </Loaded>
    </Page>
  );
}

function titleOf({ display_name, name }: Group): string {
  return display_name || name;
}

function Actions({ group }: { readonly group: Group }) {
  const t = useTexts(texts);
  const [asking, setAsking] = useState<"rename" | "remove" | null>(null);
  const close = () => {
    setAsking(null);
  };
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setAsking("rename");
        }}
      >
        {t("rename")}
      </Button>
      <Button
        variant="default"
        onClick={() => {
          setAsking("remove");
        }}
      >
        {t("remove_group")}
      </Button>
      {asking === "rename" ? <Renaming group={group} close={close} /> : null}
      {asking === "remove" ? <Removing group={group} close={close} /> : null}
    </>
  );
}

interface AskingProps {
  readonly group: Group;
  readonly close: () => void;
}

function Renaming({ group, close }: AskingProps) {
  const cache = useQueryClient();
  const params = { path: { group: group.id } };
  return (
    <RenameDialog
      present={group.display_name}
      close={close}
      save={async (display_name) => {
        await answer(api.PATCH("/api/v1/groups/{group}", { params, body: { display_name } }));
        await cache.invalidateQueries({ queryKey: ["people"] });
      }}
    />
  );
}

function Removing({ group, close }: AskingProps) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [, go] = useLocation();
  const name = titleOf(group);
  return (
    <ConfirmDialog
      title={t("remove_group_title", { name })}
      action={t("remove_group")}
      isGrave
      reason="none"
      close={close}
      confirm={async () => {
        await answer(api.DELETE("/api/v1/groups/{group}", { params: { path: { group: group.id } } }));
        say(t("group_removed", { name }));
        go("/people/groups");
        await cache.invalidateQueries({ queryKey: ["people"] });
      }}
    >
      {t("remove_group_text", { count: group.members.length })}
    </ConfirmDialog>
  );
}

function Members({ group }: { readonly group: Group }) {
  const t = useTexts(texts);
  const me = useMe();
  const cache = useQueryClient();
  const [chosen, setChosen] = useState("");
  const moved = () => cache.invalidateQueries({ queryKey: ["people"] });
  const path = (user: string) => ({ params: { path: { group: group.id, user } } });
  const joining = useMutation({
    mutationFn: (user: string) => answer(api.PUT("/api/v1/groups/{group}/members/{user}", path(user))),
    onSuccess: async () => {
      setChosen("");
      await moved();
    },
  });
  const leaving = useMutation({
    mutationFn: (user: string) => answer(api.DELETE("/api/v1/groups/{group}/members/{user}", path(user))),
    onSuccess: moved,
  });
  const may = me.may("people:manage");
  return (
    <Panels>
      {may ? (
        <Panel title={t("add_member")}>
          <Row gap="sm" align="end">
            <div className={classes.grow}>
              <PersonSelect
                label={t("person")}
                value={chosen}
                choose={setChosen}
                fits={(user) => !group.members.includes(user.username)}
              />
            </div>
            <Button
              disabled={chosen === ""}
              loading={joining.isPending}
              onClick={() => {
                joining.mutate(chosen);
              }}
            >
              {t("add_to_group")}
            </Button>
          </Row>
          <Problem error={joining.error} />
        </Panel>
      ) : null}
      <Panel title={t("members_count", { count: group.members.length })} flush>
        {group.members.length === 0 ? <Empty icon={<IconUsers />} title={t("no_members")} /> : null}
        <ul className={classes.members} aria-label={t("members")}>
          {group.members.map((member) => (
            <li key={member} className={classes.member}>
              <Link href={`/people/users/${member}`}>{member}</Link>
              {may ? (
                <Button
                  variant="subtle"
                  size="xs"
                  color="gray"
                  aria-label={t("take_out_of_group", { name: member })}
                  loading={leaving.isPending && leaving.variables === member}
                  onClick={() => {
                    leaving.mutate(member);
                  }}
                >
                  {t("take_out")}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
        <Problem error={leaving.error} />
      </Panel>
    </Panels>
  );
}
