import { Button, Text } from "@mantine/core";
import { useState } from "react";

import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import type { AssetChange } from "./data";
import { Consequences, usePreview } from "./Editing";
import { texts } from "./texts";

interface RemovingProps {
  /** On the button of the page. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
  /** What it comes to, as a change of an asset. */
  readonly asChange?: { readonly asset: string; readonly change: AssetChange };
  readonly remove: () => Promise<unknown>;
}

/** A button that removes the thing of the page, after saying what that ends. */
export function Removing({ name, title, text, asChange, remove }: RemovingProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        {name}
      </Button>
      {isOpen ? (
        // What is confirmed here is no answer of the form in which the button stands, though events of React pass on to it.
        <div
          onSubmit={(event) => {
            event.stopPropagation();
          }}
        >
          <Asking
            title={title}
            text={text}
            {...(asChange === undefined ? {} : { asChange })}
            remove={remove}
            close={() => {
              setIsOpen(false);
            }}
          />
        </div>
      ) : null}
    </>
  );
}

interface AskingProps extends Omit<RemovingProps, "name"> {
  readonly close: () => void;
}

function Asking({ title, text, asChange, remove, close }: AskingProps) {
  const t = useTexts(texts);
  const preview = usePreview(asChange?.asset ?? "", asChange?.change ?? null);
  return (
    <ConfirmDialog
      title={title}
      action={t("remove")}
      isGrave
      isReady={preview.mayGoOn}
      reason="none"
      confirm={remove}
      close={close}
    >
      <Text>{text}</Text>
      <Consequences preview={preview} />
    </ConfirmDialog>
  );
}
