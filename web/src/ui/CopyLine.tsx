import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useTexts } from "../i18n/language";
import classes from "./CopyLine.module.css";
import { copyLineTexts } from "./texts";

const SHOWN_MILLISECONDS = 2000;

interface CopyLineProps {
  readonly text: string;
  /** What the line is, for those who do not see it. */
  readonly label: string;
  /** A command to be run: shown with a prompt that is not copied. */
  readonly prompt?: boolean;
}

/** A line to take elsewhere: a command, a key, an id. Long ones break, nothing is cut off. */
export function CopyLine({ text, label, prompt = false }: CopyLineProps) {
  return (
    <div className={classes.line}>
      <code className={classes.text} aria-label={label}>
        {prompt ? (
          <span className={classes.prompt} aria-hidden>
            ${" "}
          </span>
        ) : null}
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const t = useTexts(copyLineTexts);
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => {
      setIsCopied(false);
    }, SHOWN_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  const name = isCopied ? t("copied") : t("copy");
  return (
    <Tooltip label={name}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${name}: ${label}`}
        onClick={async () => {
          await navigator.clipboard.writeText(text);
          setIsCopied(true);
        }}
      >
        {isCopied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
