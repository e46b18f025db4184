import "../../ui/styles/choices";
import "../../ui/styles/forms";

import { Button, Group, MultiSelect, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";

import { answer, api, newIntent } from "../../api/client";
import { now } from "../../api/clock";
import { asApiError } from "../../api/problems";
import { useTexts } from "../../i18n/language";
import { byField, useFieldWords, withoutFields } from "../../ui/fieldProblems";
import { Page, Panel } from "../../ui/Page";
import { Problem } from "../../ui/Problem";
import { accountFaults, DAY, type AccountForm } from "./accounts";
import { EmailField, EndField, FullNameField, RolesField, SponsorField } from "./AccountFields";
import { groupsQuery, organizationsQuery, type User } from "./data";
import { HandOver } from "./HandOver";
import { faultTexts, texts } from "./texts";

/** A vendor's account ends after so long unless somebody says otherwise. */
const USUAL_DAYS = 30;

interface Made {
  readonly user: User;
  readonly password: string;
  /** Groups that somebody could not be put into, and why. */
  readonly left: readonly { readonly group: string; readonly error: Error }[];
}

/** Makes an account, and the sheet with which it is handed over. */
export default function NewUserPage() {
  const t = useTexts(texts);
  const [made, setMade] = useState<Made | null>(null);
  const [, go] = useLocation();
  const name = made === null ? "" : made.user.display_name || made.user.username;
  return (
    <Page
      title={made === null ? t("new_user") : t("made", { name })}
      above={<Link href="/people">{t("title")}</Link>}
      width="narrow"
    >
      {made === null ? (
        <Panel>
          <AccountMaker made={setMade} />
        </Panel>
      ) : (
        <Stack gap="md">
          {made.left.map(({ group, error }) => (
            <div key={group}>
              <strong>{t("not_in_group", { group })}</strong>
              <Problem error={error} />
            </div>
          ))}
          <HandOver
            username={made.user.username}
            name={made.user.display_name}
            password={made.password}
            isFirst
            done={() => {
              go(`/people/users/${made.user.id}`);
            }}
          />
        </Stack>
      )}
    </Page>
  );
}

const EMPTY: AccountForm = {
  username: "",
  display_name: "",
  email: "",
  organization: "",
  roles: [],
  sponsor: "",
  ends_at: "",
};

function AccountMaker({ made }: { readonly made: (made: Made) => void }) {
  const t = useTexts(texts);
  const fault = useTexts(faultTexts);
  const cache = useQueryClient();
  const [address] = useSearchParams();
  const organizations = useQuery(organizationsQuery);
  const groups = useQuery(groupsQuery);
  const [form, setForm] = useState<AccountForm>({ ...EMPTY, organization: address.get("organization") ?? "" });
  const [memberships, setMemberships] = useState<string[]>([]);
  const [isEmergency, setIsEmergency] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const [intent] = useState(newIntent);
  const kind = organizations.data?.find(({ name }) => name === form.organization)?.kind;
  const isVendor = kind === "vendor";
  // What a vendor's account must have is proposed as soon as its organization is chosen.
  const complete: AccountForm = isVendor
    ? { ...form, roles: ["vendor"], ends_at: form.ends_at === "" ? inDays(USUAL_DAYS) : form.ends_at }
    : form;
  const faults = accountFaults(complete, isVendor, now());
  const making = useMutation({
    mutationFn: () => make(complete, isEmergency, memberships, intent),
    onSuccess: async (result) => {
      await cache.invalidateQueries({ queryKey: ["people"] });
      made(result);
    },
  });
  const refused = byField(asApiError(making.error)?.fields ?? [], form, useFieldWords());
  const said = (name: keyof AccountForm) => {
    const own = faults[name];
    return refused[name] ?? (isTried && own !== undefined ? fault(own) : null);
  };
  const set = (part: Partial<AccountForm>) => {
    setForm({ ...form, ...part });
    making.reset();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsTried(true);
        if (Object.keys(faults).length === 0 && !making.isPending) making.mutate();
      }}
    >
      <Stack gap="md">
        <Select
          label={t("organization")}
          withAsterisk
          data={(organizations.data ?? [])
            .filter(({ disabled }) => !disabled)
            .map(({ name, display_name }) => ({ value: name, label: display_name || name }))}
          value={form.organization === "" ? null : form.organization}
          error={said("organization")}
          searchable
          nothingFoundMessage={t("none_such")}
          onChange={(organization) => {
            set({ organization: organization ?? "" });
          }}
        />
        <TextInput
          label={t("username")}
          description={t("username_hint")}
          withAsterisk
          value={form.username}
          error={said("username")}
          maxLength={63}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => {
            set({ username: event.currentTarget.value.trim().toLowerCase() });
          }}
        />
        <FullNameField
          value={form.display_name}
          error={said("display_name")}
          change={(display_name) => {
            set({ display_name });
          }}
        />
        <EmailField
          value={form.email}
          error={said("email")}
          change={(email) => {
            set({ email });
          }}
        />
        {kind === undefined ? null : (
          <>
            <RolesField
              roles={complete.roles}
              isVendor={isVendor}
              error={said("roles")}
              change={(roles) => {
                set({ roles });
              }}
            />
            {isVendor ? (
              <SponsorField
                isVendor
                value={form.sponsor}
                error={said("sponsor")}
                change={(sponsor) => {
                  set({ sponsor });
                }}
              />
            ) : null}
            {isEmergency ? null : (
              <EndField
                isVendor={isVendor}
                value={complete.ends_at}
                error={said("ends_at")}
                change={(ends_at) => {
                  set({ ends_at });
                }}
              />
            )}
          </>
        )}
        <MultiSelect
          label={t("groups")}
          description={t("groups_hint")}
          data={(groups.data ?? []).map(({ name, display_name }) => ({ value: name, label: display_name || name }))}
          value={memberships}
          searchable
          clearable
          nothingFoundMessage={t("none_such")}
          onChange={setMemberships}
        />
        {kind === "internal" && form.roles.includes("admin") ? (
          <Switch
            label={t("emergency")}
            description={t("emergency_hint")}
            checked={isEmergency}
            onChange={(event) => {
              setIsEmergency(event.currentTarget.checked);
            }}
          />
        ) : null}
        <Problem error={withoutFields(making.error, form)} />
        <Group justify="flex-end">
          <Button component={Link} href="/people" variant="default">
            {t("cancel")}
          </Button>
          <Button type="submit" loading={making.isPending}>
            {t("make_user")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

async function make(
  form: AccountForm,
  isEmergency: boolean,
  memberships: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<Made> {
  const { user, initial_password } = await answer(
    api.POST("/api/v1/users", {
      body: {
        username: form.username,
        display_name: form.display_name.trim(),
        organization: form.organization,
        roles: [...form.roles],
        is_emergency: isEmergency,
        email: form.email === "" ? null : form.email,
        sponsor: form.sponsor === "" ? null : form.sponsor,
        ends_at: form.ends_at === "" || isEmergency ? null : form.ends_at,
      },
      headers,
    }),
  );
  const left: { group: string; error: Error }[] = [];
  for (const group of memberships) {
    try {
      await answer(api.PUT("/api/v1/groups/{group}/members/{user}", { params: { path: { group, user: user.id } } }));
    } catch (error) {
      // The account is there, and its password is known only here: it must be shown whatever else happens.
      left.push({ group, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }
  return { user, password: initial_password, left };
}

function inDays(days: number): string {
  const at = new Date(now() + days * DAY);
  at.setMinutes(0, 0, 0);
  return at.toISOString();
}
