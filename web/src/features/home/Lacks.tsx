import { Text } from "@mantine/core";
import { Link } from "wouter";

import type { Readiness } from "../../api/health";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { findingTexts } from "../../ui/findings/texts";
import { Phrase } from "../../ui/phrases/Phrase";
import { texts } from "./texts";

/** What the broker lacks, part by part, and what that means for the plant. */
export default function Lacks({ problems }: Pick<Readiness, "problems">) {
  const t = useTexts(texts);
  return (
    <>
      <Facts
        facts={Object.entries(problems).map(([part, text]) => ({
          label: part === "database" ? t("database") : part,
          value: <Phrase text={text} phrases={findingTexts} />,
        }))}
      />
      <Text size="sm" mt="sm">
        {t("broker_not_ready_text")} <Link href="/settings">{t("to_health")}</Link>
      </Text>
    </>
  );
}
