import { Button, Group, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import type { ApiError } from "../../api/problems";
import { useTexts } from "../../i18n/language";
import { Dialog } from "../../ui/Dialog";
import { Problem } from "../../ui/Problem";
import classes from "./BannerDialog.module.css";
import { texts } from "./texts";

interface BannerDialogProps {
  readonly refusal: ApiError;
  readonly settle: (isAccepted: boolean) => void;
}

/** A site's own notice, to be accepted before anything is asked for or opened there. Its text is shown as it was written. */
export default function BannerDialog({ refusal, settle }: BannerDialogProps) {
  const t = useTexts(texts);
  const accepting = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/sites/{site}/banner/acceptance", {
          params: { path: { site: refusal.text("site") } },
          body: { digest: refusal.text("digest") },
        }),
      ),
    onSuccess: () => {
      settle(true);
    },
  });
  const refuse = () => {
    settle(false);
  };
  return (
    <Dialog title={t("banner_title")} close={refuse}>
      <Stack gap="md">
        <div className={classes.text} tabIndex={0}>
          {refusal.text("banner")}
        </div>
        <Problem error={accepting.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={refuse}>
            {t("cancel")}
          </Button>
          <Button
            loading={accepting.isPending}
            onClick={() => {
              accepting.mutate();
            }}
          >
            {t("banner_accept")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
