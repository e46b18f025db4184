import "../../ui/styles/forms";

import { Button, Checkbox, Group, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconCalendarPlus, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { now } from "../../api/clock";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { Empty, Loaded } from "../../ui/Loaded";
import { MomentField } from "../../ui/MomentField";
import { Panel, Panels } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { RecordList, type Column } from "../../ui/RecordList";
import { Ago, Moment } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { attentionOf, DAY, DORMANT_DAYS, SOON_DAYS } from "./accounts";
import { everybodyQuery, type User } from "./data";
import { PeopleFrame } from "./PeopleFrame";
import { faultTexts, texts } from "./texts";

/** By how much an account is prolonged unless somebody says otherwise. */
const USUAL_DAYS = 90;

/** Accounts that end, have ended, or are not used: to be prolonged, or closed. */
export default function ExpiringPage() {
  const t = useTexts(texts);
  const me = useMe();
  const everybody = useQuery(everybodyQuery);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setIsAsking] = useState(false);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const may = me.may("people:manage");
  return (
    <PeopleFrame
      here="/people/expiring"
      lead={t("expiring_lead", { soon: SOON_DAYS, dormant: DORMANT_DAYS })}
      actions={
        may ? (
          <Button
            disabled={chosen.size === 0}
            leftSection={<IconCalendarPlus size={17} aria-hidden />}
            onClick={() => {
              setIsAsking(true);
            }}
          >
            {chosen.size === 0 ? t("prolong") : t("prolong_count", { count: chosen.size })}
          </Button>
        ) : null
      }
    >
      <Loaded query={everybody}>
        {(users) => {
          const { ended, ending, dormant } = attentionOf(users, now());
          if (ended.length + ending.length + dormant.length === 0) {
            return (
              <Panel>
                <Empty icon={<IconCircleCheck />} title={t("nothing_expires")} />
              </Panel>
            );
          }
          const choice = may ? { chosen, toggle } : null;
          return (
            <Panels>
              <Accounts title={t("have_ended", { count: ended.length })} users={ended} choice={choice} />
              <Accounts title={t("will_end", { count: ending.length })} users={ending} choice={choice} />
              <Accounts title={t("are_dormant", { count: dormant.length })} users={dormant} choice={choice} />
            </Panels>
          );
        }}
      </Loaded>
      {isAsking ? (
        <Prolongation
          users={(everybody.data ?? []).filter(({ id }) => chosen.has(id))}
          close={() => {
            setIsAsking(false);
          }}
          done={() => {
            setChosen(new Set());
            setIsAsking(false);
          }}
        />
      ) : null}
    </PeopleFrame>
  );
}

interface AccountsProps {
  readonly title: string;
  readonly users: readonly User[];
  readonly choice: { readonly chosen: ReadonlySet<string>; readonly toggle: (id: string) => void } | null;
}

function Accounts({ title, users, choice }: AccountsProps) {
  const t = useTexts(texts);
  if (users.length === 0) return null;
  const columns: readonly Column<User>[] = [
    { title: t("person"), cell: (user) => user.display_name || user.username },
    { title: t("organization"), cell: (user) => user.organization },
    { title: t("sponsor"), cell: (user) => user.sponsor ?? "–" },
    { title: t("ends"), cell: (user) => (user.ends_at === null ? "–" : <Moment at={user.ends_at} />) },
    {
      title: t("seen"),
      cell: (user) => (user.last_signed_in_at === null ? t("never") : <Ago at={user.last_signed_in_at} />),
    },
    ...(choice === null
      ? []
      : [
          {
            title: t("prolong"),
            cell: (user: User) => (
              <Checkbox
                display="inline-block"
                aria-label={t("prolong_name", { name: user.username })}
                checked={choice.chosen.has(user.id)}
                onChange={() => {
                  choice.toggle(user.id);
                }}
              />
            ),
            width: "6rem",
            align: "end" as const,
          },
        ]),
  ];
  return (
    <Panel flush title={title}>
      <RecordList
        label={title}
        items={users}
        id={(user) => user.id}
        columns={columns}
        href={(user) => `/people/users/${user.id}`}
      />
    </Panel>
  );
}

interface ProlongationProps {
  readonly users: readonly User[];
  readonly close: () => void;
  readonly done: () => void;
}

/** One new end for all that were chosen; whoever could not be prolonged stands there with the reason. */
function Prolongation({ users, close, done }: ProlongationProps) {
  const t = useTexts(texts);
  const fault = useTexts(faultTexts);
  const say = useToast();
  const cache = useQueryClient();
  const [end, setEnd] = useState(() => new Date(now() + USUAL_DAYS * DAY).toISOString());
  const [refused, setRefused] = useState<readonly { readonly user: User; readonly error: Error }[]>([]);
  const prolonging = useMutation({
    mutationFn: async () => {
      const failed: { user: User; error: Error }[] = [];
      for (const user of users) {
        try {
          await answer(
            api.PATCH("/api/v1/users/{user}", {
              params: { path: { user: user.id } },
              body: { ends_at: end },
            }),
          );
        } catch (error) {
          failed.push({ user, error: error instanceof Error ? error : new Error(String(error)) });
        }
      }
      return failed;
    },
    onSuccess: async (failed) => {
      await cache.invalidateQueries({ queryKey: ["people"] });
      setRefused(failed);
      if (failed.length > 0) return;
      say(t("prolonged", { count: users.length }));
      done();
    },
  });
  const isPast = end === "" || Date.parse(end) <= now();
  return (
    <Dialog title={t("prolong_count", { count: users.length })} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPast && !prolonging.isPending) prolonging.mutate();
        }}
      >
        <Stack gap="md">
          <div>{users.map(({ username }) => username).join(", ")}</div>
          <MomentField
            label={t("new_end")}
            value={end}
            change={setEnd}
            error={isPast ? fault("end_past") : null}
            isRequired
          />
          {refused.map(({ user, error }) => (
            <div key={user.id}>
              <strong>{user.username}</strong>
              <Problem error={error} />
            </div>
          ))}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" disabled={isPast} loading={prolonging.isPending}>
              {t("prolong")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
