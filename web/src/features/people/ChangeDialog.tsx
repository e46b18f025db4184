import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { now } from "../../api/clock";
import { asApiError } from "../../api/problems";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { DialogForm } from "../../ui/DialogForm";
import { byField, useFieldWords, withoutFields } from "../../ui/fieldProblems";
import { useToast } from "../../ui/toasts";
import { accountFaults, changeOf, type AccountForm } from "./accounts";
import { EmailField, EndField, FullNameField, RolesField, SponsorField } from "./AccountFields";
import type { User } from "./data";
import { faultTexts, texts } from "./texts";

/** Changes an account: only what is different is sent. */
export function ChangeDialog({ user, close }: { readonly user: User; readonly close: () => void }) {
  const t = useTexts(texts);
  const fault = useTexts(faultTexts);
  const cache = useQueryClient();
  const say = useToast();
  const [form, setForm] = useState<AccountForm>({
    username: user.username,
    display_name: user.display_name,
    email: user.email ?? "",
    organization: user.organization,
    roles: user.roles,
    sponsor: user.sponsor ?? "",
    ends_at: user.ends_at ?? "",
  });
  const isVendor = user.organization_kind === "vendor";
  const change = changeOf(user, form);
  const isSame = Object.keys(change).length === 0;
  const faults = accountFaults(form, isVendor, now());
  // An end that has passed already is no fault of who only corrects a name.
  if (!("ends_at" in change)) delete faults.ends_at;
  const changing = useMutation({
    mutationFn: () => answer(api.PATCH("/api/v1/users/{user}", { params: { path: { user: user.id } }, body: change })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["people"] });
      say(t("changed"));
      close();
    },
  });
  const refused = byField(asApiError(changing.error)?.fields ?? [], form, useFieldWords());
  const said = (name: keyof AccountForm) => {
    const own = faults[name];
    return refused[name] ?? (own === undefined ? null : fault(own));
  };
  const set = (part: Partial<AccountForm>) => {
    setForm({ ...form, ...part });
    changing.reset();
  };
  const asked = {
    submit: (event?: React.SubmitEvent) => {
      event?.preventDefault();
      if (Object.keys(faults).length === 0 && !changing.isPending) changing.mutate();
    },
    isSending: changing.isPending,
    error: withoutFields(changing.error, form),
  };
  return (
    <Dialog title={t("change_title", { name: user.username })} close={close}>
      <DialogForm form={asked} action={t("save")} isReady={!isSame} close={close}>
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
        <RolesField
          roles={form.roles}
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
        {user.is_emergency ? null : (
          <EndField
            isVendor={isVendor}
            value={form.ends_at}
            error={said("ends_at")}
            change={(ends_at) => {
              set({ ends_at });
            }}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}
