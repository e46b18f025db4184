import { Checkbox, Stack, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import type { Role } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { MomentField } from "../../ui/MomentField";
import { roleTexts } from "../../ui/words";
import { INTERNAL_ROLES } from "./accounts";
import { PersonSelect } from "./PersonSelect";
import { roleMeaningTexts, texts } from "./texts";

interface TextProps {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly error: ReactNode;
}

export function FullNameField({ value, change, error }: TextProps) {
  const t = useTexts(texts);
  return (
    <TextInput
      label={t("full_name")}
      value={value}
      error={error}
      maxLength={200}
      autoComplete="off"
      onChange={(event) => {
        change(event.currentTarget.value);
      }}
    />
  );
}

export function EmailField({ value, change, error }: TextProps) {
  const t = useTexts(texts);
  return (
    <TextInput
      label={t("email")}
      type="email"
      value={value}
      error={error}
      maxLength={254}
      autoComplete="off"
      onChange={(event) => {
        change(event.currentTarget.value);
      }}
    />
  );
}

interface RolesFieldProps {
  readonly roles: readonly Role[];
  readonly change: (roles: readonly Role[]) => void;
  readonly isVendor: boolean;
  readonly error: ReactNode;
}

/** What somebody may do in the product. People of a vendor have one role, and nothing to choose. */
export function RolesField({ roles, change, isVendor, error }: RolesFieldProps) {
  const t = useTexts(texts);
  const role = useTexts(roleTexts);
  const meaning = useTexts(roleMeaningTexts);
  const offered: readonly Role[] = isVendor ? ["vendor"] : INTERNAL_ROLES;
  return (
    <Checkbox.Group
      label={t("roles")}
      description={isVendor ? t("vendor_roles") : t("roles_hint")}
      error={error}
      value={[...roles]}
      onChange={(chosen) => {
        change(INTERNAL_ROLES.filter((each) => chosen.includes(each)));
      }}
    >
      <Stack gap="xs" mt="xs">
        {offered.map((each) => (
          <Checkbox key={each} value={each} label={role(each)} description={meaning(each)} disabled={isVendor} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

export function SponsorField({ value, change, error, isVendor }: TextProps & { readonly isVendor: boolean }) {
  const t = useTexts(texts);
  return (
    <PersonSelect
      label={t("sponsor")}
      description={t("sponsor_hint")}
      value={value}
      choose={change}
      error={error}
      isRequired={isVendor}
      fits={(user) => user.organization_kind === "internal" && !user.disabled}
    />
  );
}

export function EndField({ value, change, error, isVendor }: TextProps & { readonly isVendor: boolean }) {
  const t = useTexts(texts);
  return (
    <MomentField
      label={t("ends")}
      description={isVendor ? t("ends_hint_vendor") : t("ends_hint")}
      value={value}
      change={change}
      error={error}
      isRequired={isVendor}
    />
  );
}
