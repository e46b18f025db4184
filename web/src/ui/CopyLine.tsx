import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useTexts } from "../i18n/language";
import classes from "./CopyLine.module.css";
import { copyLineTexts } from "./texts";

const SHOWN_MILLISECONDS = { copied: 2000, not_copied: 8000 };
const ICONS = { copy: IconCopy, copied: IconCheck, not_copied: IconX };

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

/** Copies a text, and says so, or that the browser forbids it. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const t = useTexts(copyLineTexts);
  const [said, setSaid] = useState<keyof typeof ICONS>("copy");
  useEffect(() => {
    if (said === "copy") return undefined;
    const timer = setTimeout(() => {
      setSaid("copy");
    }, SHOWN_MILLISECONDS[said]);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  const name = t(said);
  const Icon = ICONS[said];
  return (
    <Tooltip label={name} {...(said === "not_copied" ? { opened: true } : {})}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`${name}: ${label}`}
        onClick={async () => {
          setSaid(await copy(text));
        }}
      >
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Browsers, and those who run them, may forbid it to pages. */
async function copy(text: string): Promise<"copied" | "not_copied"> {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    return "not_copied";
  }
}
