import type { ReactNode } from "react";

import { useTexts } from "../../i18n/language";
import { Page } from "../../ui/Page";
import { Sections } from "../../ui/Sections";
import { texts } from "./texts";

export type Section = "/policies" | "/policies/tools/explain" | "/policies/tools/reach" | "/policies/tools/tests";

interface PolicyFrameProps {
  readonly here: Section;
  readonly lead: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** What the pages about all policies have in common. */
export function PolicyFrame({ here, lead, actions, children }: PolicyFrameProps) {
  const t = useTexts(texts);
  const sections: readonly { href: Section; name: string }[] = [
    { href: "/policies", name: t("title") },
    { href: "/policies/tools/explain", name: t("explain") },
    { href: "/policies/tools/reach", name: t("reach") },
    { href: "/policies/tools/tests", name: t("tests") },
  ];
  const own = sections.find(({ href }) => href === here)?.name ?? t("title");
  return (
    <Page title={own} lead={lead} {...(actions === undefined ? {} : { actions })}>
      <Sections label={t("title")} sections={sections} here={here} />
      {children}
    </Page>
  );
}
