import "./styles/dialogs";

import { Modal } from "@mantine/core";
import type { ReactNode } from "react";

import { useTexts } from "../i18n/language";
import { useDialogKeys } from "./dialogKeys";
import { dialogTexts } from "./texts";

interface DialogProps {
  readonly title: string;
  /** Without it the dialog is left by what stands in it, not by Escape and not by a click beside it. */
  readonly close?: () => void;
  readonly children: ReactNode;
}

/** Something to be answered before the page goes on. Rendered while it is open. */
export function Dialog({ title, close, children }: DialogProps) {
  const t = useTexts(dialogTexts);
  useDialogKeys(close);
  const isFixed = close === undefined;
  return (
    <Modal
      opened
      centered
      returnFocus={false}
      onClose={close ?? (() => undefined)}
      title={title}
      withCloseButton={!isFixed}
      closeOnEscape={false}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("close") }}
      overlayProps={{ backgroundOpacity: 0.5 }}
      transitionProps={{ duration: 100 }}
      // A dialog's header is none of the page's landmarks.
      attributes={{ header: { role: "presentation" } }}
      styles={{ title: { fontWeight: 600, fontSize: "1rem" } }}
    >
      {children}
    </Modal>
  );
}
