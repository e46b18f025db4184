import "../../ui/styles/choices";
import "../../ui/styles/forms";

import { Button, Menu, ActionIcon, Radio, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconBuildingFactory2, IconDots, IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Dialog } from "../../ui/Dialog";
import { DialogForm } from "../../ui/DialogForm";
import { useApiForm } from "../../ui/form";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal } from "../../ui/Signal";
import { Moment } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { KindBadge } from "./badges";
import { everybodyQuery, organizationsQuery, type Organization } from "./data";
import { NameFields } from "./NameFields";
import { lastEnds } from "./organizations";
import { PeopleFrame } from "./PeopleFrame";
import { RenameDialog } from "./RenameDialog";
import { faultTexts, texts } from "./texts";

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
type Asking = { readonly what: "new" } | { readonly what: "rename" | "disable"; readonly about: Organization } | null;

/** The plant's own organization and its vendors. */
export default function OrganizationsPage() {
  const t = useTexts(texts);
  const me = useMe();
  const organizations = useQuery(organizationsQuery);
  const everybody = useQuery(everybodyQuery);
  const [asking, setAsking] = useState<Asking>(null);
  const may = me.may("people:manage");
  const close = () => {
    setAsking(null);
  };
  const ends = lastEnds(everybody.data ?? []);
  const columns: readonly Column<Organization>[] = [
    { title: t("organization"), cell: ({ name, display_name }) => display_name || name },
    { title: t("short_name"), cell: ({ name }) => <code>{name}</code> },
    { title: t("kind"), cell: ({ kind }) => <KindBadge kind={kind} /> },
    { title: t("people"), cell: ({ name }) => ends.get(name)?.open ?? 0, width: "6rem", align: "end" },
    {
      title: t("last_end"),
      cell: ({ name }) => {
        const last = ends.get(name)?.last ?? null;
        return last === null ? "–" : <Moment at={last} style="day" />;
      },
    },
    {
      title: t("state"),
      cell: ({ disabled }) => (
        <Signal plain tone={disabled ? "alarm" : "good"}>
          {t(disabled ? "state_disabled" : "state_enabled")}
        </Signal>
      ),
    },
    ...(may
      ? [
          {
            title: t("actions"),
            cell: (organization: Organization) => <Actions organization={organization} ask={setAsking} />,
            width: "5rem",
            align: "end" as const,
          },
        ]
      : []),
  ];
  return (
    <PeopleFrame
      here="/people/organizations"
      lead={t("organizations_lead")}
      actions={
        may ? (
          <Button
            leftSection={<IconPlus size={17} aria-hidden />}
            onClick={() => {
              setAsking({ what: "new" });
            }}
          >
            {t("new_organization")}
          </Button>
        ) : null
      }
    >
      <Panel flush>
        <Loaded query={organizations}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={<IconBuildingFactory2 />} title={t("none_such")} />
            ) : (
              <RecordList
                label={t("organizations")}
                items={items}
                id={({ id }) => id}
                columns={columns}
                href={({ name }) => `/people?organization=${name}`}
              />
            )
          }
        </Loaded>
      </Panel>
      {asking?.what === "new" ? <NewOrganization close={close} /> : null}
      {asking?.what === "rename" ? <Renaming about={asking.about} close={close} /> : null}
      {asking?.what === "disable" ? <Disabling about={asking.about} close={close} /> : null}
    </PeopleFrame>
  );
}

interface ActionsProps {
  readonly organization: Organization;
  readonly ask: (asking: Asking) => void;
}

function Actions({ organization, ask }: ActionsProps) {
  const t = useTexts(texts);
  const me = useMe();
  const change = useChange(organization);
  const isOwn = me.organization === organization.name;
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("actions_for", { name: organization.name })}
            loading={change.isPending}
          >
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            onClick={() => {
              ask({ what: "rename", about: organization });
            }}
          >
            {t("rename")}
          </Menu.Item>
          {organization.disabled ? (
            <Menu.Item
              onClick={() => {
                change.mutate({ disabled: false });
              }}
            >
              {t("enable")}
            </Menu.Item>
          ) : (
            <Menu.Item
              color="var(--mantine-color-error)"
              disabled={isOwn}
              onClick={() => {
                ask({ what: "disable", about: organization });
              }}
            >
              {t("disable")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Problem error={change.error} />
    </>
  );
}

function useChange(organization: Organization) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { disabled?: boolean; display_name?: string }) =>
      answer(
        api.PATCH("/api/v1/organizations/{organization}", {
          params: { path: { organization: organization.id } },
          body,
        }),
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["people"] }),
  });
}

interface AboutProps {
  readonly about: Organization;
  readonly close: () => void;
}

function Disabling({ about, close }: AboutProps) {
  const t = useTexts(texts);
  const say = useToast();
  const change = useChange(about);
  const name = about.display_name || about.name;
  return (
    <ConfirmDialog
      title={t("disable_title", { name })}
      action={t("disable")}
      isGrave
      reason="none"
      close={close}
      confirm={async () => {
        await change.mutateAsync({ disabled: true });
        say(t("disabled_done", { name }));
      }}
    >
      {t("disable_organization_text")}
    </ConfirmDialog>
  );
}

function Renaming({ about, close }: AboutProps) {
  const change = useChange(about);
  return (
    <RenameDialog
      present={about.display_name}
      close={close}
      save={(display_name) => change.mutateAsync({ display_name })}
    />
  );
}

const BLANK: Pick<Organization, "name" | "display_name" | "kind"> = { name: "", display_name: "", kind: "vendor" };

function NewOrganization({ close }: { readonly close: () => void }) {
  const t = useTexts(texts);
  const fault = useTexts(faultTexts);
  const cache = useQueryClient();
  const form = useApiForm({
    initial: BLANK,
    check: ({ name }) => ({ name: SLUG.test(name) ? null : fault("slug_form") }),
    send: (body) => answer(api.POST("/api/v1/organizations", { body })),
    done: () => {
      void cache.invalidateQueries({ queryKey: ["people"] });
      close();
    },
  });
  return (
    <Dialog title={t("new_organization")} close={close}>
      <DialogForm form={form} action={t("make_organization")} close={close}>
        <NameFields fields={form.fields} />
        <Radio.Group label={t("kind")} {...form.fields.getInputProps("kind")}>
          <Stack gap="xs" mt="xs">
            <Radio value="vendor" label={t("vendor")} description={t("vendor_means")} />
            <Radio value="internal" label={t("internal")} description={t("internal_means")} />
          </Stack>
        </Radio.Group>
      </DialogForm>
    </Dialog>
  );
}
