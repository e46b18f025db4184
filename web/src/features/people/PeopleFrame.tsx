import type { ReactNode } from "react";

import { useTexts } from "../../i18n/language";
import { Page } from "../../ui/Page";
import { Sections } from "../../ui/Sections";
import { texts } from "./texts";

export type Section = "/people" | "/people/groups" | "/people/organizations" | "/people/expiring";

interface PeopleFrameProps {
  readonly here: Section;
  readonly lead: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** What the pages about all people have in common. */
export function PeopleFrame({ here, lead, actions, children }: PeopleFrameProps) {
  const t = useTexts(texts);
  const sections: readonly { href: Section; name: string }[] = [
    { href: "/people", name: t("title") },
    { href: "/people/groups", name: t("groups") },
    { href: "/people/organizations", name: t("organizations") },
    { href: "/people/expiring", name: t("expiring") },
  ];
  const own = sections.find(({ href }) => href === here)?.name ?? t("title");
  return (
    <Page title={own} lead={lead} {...(actions === undefined ? {} : { actions })}>
      <Sections label={t("title")} sections={sections} here={here} />
      {children}
    </Page>
  );
}
