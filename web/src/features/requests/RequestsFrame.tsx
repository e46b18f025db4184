import type { ReactNode } from "react";

import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Page } from "../../ui/Page";
import { Sections } from "../../ui/Sections";
import { reviewTexts, texts } from "./texts";

export const REVIEWS = "/requests/reviews";

interface RequestsFrameProps {
  readonly here: "/requests" | typeof REVIEWS;
  readonly lead?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** What the lists of requests and of reviews have in common. */
export function RequestsFrame({ here, lead, actions, children }: RequestsFrameProps) {
  const t = useTexts(texts);
  const review = useTexts(reviewTexts);
  const me = useMe();
  const sections = [
    { href: "/requests", name: t("title") },
    { href: REVIEWS, name: review("title") },
  ];
  return (
    <Page title={here === REVIEWS ? review("title") : t("title")} lead={lead} actions={actions}>
      {me.may("requests:read_all") ? <Sections label={t("title")} sections={sections} here={here} /> : null}
      {children}
    </Page>
  );
}
