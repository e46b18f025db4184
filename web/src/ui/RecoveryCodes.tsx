import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";

import { useTexts } from "../i18n/language";
import { CopyButton } from "./CopyLine";
import classes from "./RecoveryCodes.module.css";
import { recoveryCodesTexts } from "./texts";

/** Ten codes, shown this once, to be copied or printed. */
export default function RecoveryCodes({
  codes,
  kept,
}: {
  readonly codes: readonly string[];
  readonly kept: () => void;
}) {
  const t = useTexts(recoveryCodesTexts);
  return (
    <Stack gap="md">
      <h2 className={classes.title}>{t("title")}</h2>
      <Text className="no-print">{t("lead")}</Text>
      <div className={classes.sheet}>
        <ol className={classes.codes} aria-label={t("codes")}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <div className="no-print">
          <CopyButton text={codes.join("\n")} label={t("codes")} />
        </div>
      </div>
      <Group className="no-print" grow>
        <Button
          variant="default"
          leftSection={<IconPrinter size={17} aria-hidden />}
          onClick={() => {
            window.print();
          }}
        >
          {t("print")}
        </Button>
        <Button onClick={kept}>{t("kept")}</Button>
      </Group>
    </Stack>
  );
}
