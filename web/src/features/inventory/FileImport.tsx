import "../../ui/styles/forms";

import { Button, FileButton, Group, Loader, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconFileUpload } from "@tabler/icons-react";
import { useRef, useState, type ReactNode } from "react";

import type { components } from "../../api/schema";
import { useTexts } from "../../i18n/language";
import { faultTexts } from "../../ui/faults/texts";
import { Phrase } from "../../ui/phrases/Phrase";
import { Problem } from "../../ui/Problem";
import { Signal } from "../../ui/Signal";
import classes from "./inventory.module.css";
import { texts } from "./texts";

const MEGABYTE = 1024 * 1024;
/** As much as the broker takes of either kind. */
const MOST_BYTES = 4 * MEGABYTE;
/** Beyond this a field to type in would only be slow. */
const MOST_SHOWN = 400_000;
const MOST_FAULTS = 100;

/** What is wrong in a text; line 0 where it is about no line. */
export type FileFault = components["schemas"]["ImportProblem"];

/** What a rehearsal said: faults, or what would happen. */
export interface Rehearsal<Found> {
  readonly faults: readonly FileFault[];
  readonly found: Found | null;
}

interface FileImportProps<Found> {
  readonly accept: string;
  readonly check: (text: string) => Promise<Rehearsal<Found>>;
  /** Gives the faults for which nothing was done: there may be some now that the rehearsal could not see. */
  readonly take: (text: string) => Promise<readonly FileFault[]>;
  readonly taken: () => void;
  readonly children: (found: Found) => ReactNode;
}

/** Takes a file in, in two steps: what it would do, with each faulty line, and only then the doing. */
export function FileImport<Found>({ accept, check, take, taken, children }: FileImportProps<Found>) {
  const t = useTexts(texts);
  const [text, setText] = useState("");
  const forget = useRef<() => void>(null);
  const [isTooLarge, setIsTooLarge] = useState(false);
  const checking = useMutation({ mutationFn: check });
  const taking = useMutation({
    mutationFn: take,
    onSuccess: (faults) => {
      if (faults.length > 0) return;
      setText("");
      checking.reset();
      taken();
    },
  });
  const open = async (file: File | null) => {
    if (file === null) return;
    // The same file, mended meanwhile, can be chosen again.
    forget.current?.();
    setIsTooLarge(file.size > MOST_BYTES);
    if (file.size > MOST_BYTES) return;
    const content = await file.text();
    setText(content);
    taking.reset();
    checking.mutate(content);
  };
  const isBusy = checking.isPending || taking.isPending;
  const refused = taking.data ?? [];
  const said = refused.length > 0 ? { faults: refused, found: null } : checking.data;
  const isOld = said !== undefined && checking.variables !== text;
  return (
    <div className={classes.form}>
      <Group gap="sm">
        <FileButton resetRef={forget} accept={accept} onChange={(file) => void open(file)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileUpload size={17} aria-hidden />}>
              {t("choose_file")}
            </Button>
          )}
        </FileButton>
        {isTooLarge ? <Signal tone="alarm">{t("too_large", { most: MOST_BYTES / MEGABYTE })}</Signal> : null}
      </Group>
      {text.length > MOST_SHOWN ? null : (
        <Textarea
          label={t("text_of_file")}
          description={t("paste_hint")}
          className={classes.text ?? ""}
          rows={10}
          wrap="off"
          spellCheck={false}
          autoCapitalize="none"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            taking.reset();
          }}
        />
      )}
      <div role="status">
        {isBusy ? (
          <Group gap="xs">
            <Loader size={16} aria-hidden />
            {t(taking.isPending ? "taking" : "checking")}
          </Group>
        ) : said === undefined ? null : isOld ? (
          <Signal tone="notice">{t("checked_old")}</Signal>
        ) : said.faults.length > 0 ? (
          <Signal tone="alarm">{t("refused", { count: said.faults.length })}</Signal>
        ) : (
          <strong>{t("checked")}</strong>
        )}
      </div>
      {said === undefined || isOld || isBusy ? null : said.faults.length > 0 ? (
        <Faults faults={said.faults} text={text} />
      ) : said.found === null ? null : (
        <div className={classes.found}>{children(said.found)}</div>
      )}
      <Problem error={taking.error ?? checking.error} />
      <div className={classes.foot}>
        <Button
          variant="default"
          disabled={text.trim() === "" || isBusy}
          onClick={() => {
            taking.reset();
            checking.mutate(text);
          }}
        >
          {t("check")}
        </Button>
        <Button
          disabled={said === undefined || said.faults.length > 0 || isOld || checking.isPending}
          loading={taking.isPending}
          onClick={() => {
            taking.mutate(text);
          }}
        >
          {t("take")}
        </Button>
      </div>
    </div>
  );
}

/** Each fault with its line as it stands in the text. */
function Faults({ faults, text }: { readonly faults: readonly FileFault[]; readonly text: string }) {
  const t = useTexts(texts);
  const lines = text.split(/\r?\n/);
  return (
    <ul className={classes.faults}>
      {faults.slice(0, MOST_FAULTS).map(({ line, path = "", message, hint = "" }, index) => (
        <li key={index}>
          {line === 0 ? null : <strong>{t("line", { line })} </strong>}
          {path === "" ? null : <code>{path} </code>}
          <Phrase text={message} phrases={faultTexts} />
          {hint === "" ? null : (
            <span className={classes.hint}>
              {" "}
              <Phrase text={hint} phrases={faultTexts} />
            </span>
          )}
          {line === 0 || !lines[line - 1]?.trim() ? null : <code className={classes.source}>{lines[line - 1]}</code>}
        </li>
      ))}
    </ul>
  );
}
