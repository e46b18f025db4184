import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconHistory, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { CopyButton } from "../../ui/CopyLine";
import { Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { Columns, Page, Panel } from "../../ui/Page";
import { Signal } from "../../ui/Signal";
import { Ago, Moment } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { Changes } from "./Changes";
import { policiesQuery, policyQuery, versionsQuery, type Policy } from "./data";
import { TextEditor } from "./editor/TextEditor";
import { Kind } from "./Kind";
import classes from "./policies.module.css";
import { texts } from "./texts";

/** One policy: what it says now, since when, and by whom. */
export default function PolicyPage() {
  const t = useTexts(texts);
  const { name } = useParams<{ name: string }>();
  const policy = useQuery(policyQuery(name));
  const holding = useQuery(policiesQuery);
  const isInForce = holding.data?.some((each) => each.name === name);
  return (
    <Page
      title={name}
      above={<Link href="/policies">{t("title")}</Link>}
      lead={
        policy.data === undefined ? null : (
          <span className={classes.lead}>
            <Kind kind={policy.data.kind} />
            {isInForce === false ? <Signal tone="notice">{t("out_of_force")}</Signal> : null}
          </span>
        )
      }
      actions={<Actions name={name} isInForce={isInForce ?? false} />}
    >
      <Loaded query={policy}>
        {(found) => (
          <Columns
            main={
              <Panel
                flush
                title={t("text_of", { version: found.version })}
                aside={<CopyButton text={found.text ?? ""} label={t("text")} />}
              >
                <TextEditor label={t("text")} text={found.text ?? ""} />
              </Panel>
            }
            side={
              <>
                <Panel title={t("in_force")}>
                  <About policy={found} />
                </Panel>
                <Versions name={name} />
              </>
            }
          />
        )}
      </Loaded>
    </Page>
  );
}

function About({ policy }: { readonly policy: Policy }) {
  const t = useTexts(texts);
  return (
    <Facts
      facts={[
        { label: t("since"), value: <Moment at={policy.at} /> },
        { label: t("by"), value: policy.author_name },
        { label: t("comment"), value: policy.comment },
        { label: t("digest"), value: <code className={classes.digest}>{policy.digest}</code> },
      ]}
    />
  );
}

/** The last versions; all of them are in the history. */
function Versions({ name }: { readonly name: string }) {
  const t = useTexts(texts);
  const versions = useQuery(versionsQuery(name));
  return (
    <Panel title={t("history")}>
      <Loaded query={versions}>
        {(items) => (
          <ol className={classes.versions}>
            {items.slice(0, 5).map((version) => (
              <li key={version.version}>
                <div className={classes.versionHead}>
                  <Link href={`/policies/${name}/history?to=${version.version}`}>
                    {t("version_number", { version: version.version })}
                  </Link>
                  <span className={classes.dimmed}>
                    {version.author_name} · <Ago at={version.at} />
                  </span>
                </div>
                {version.comment === "" ? null : <div className={classes.comment}>{version.comment}</div>}
                {version.version === 1 ? null : <Changes lines={version.diff} />}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Panel>
  );
}

function Actions({ name, isInForce }: { readonly name: string; readonly isInForce: boolean }) {
  const t = useTexts(texts);
  const me = useMe();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button
        component={Link}
        href={`/policies/${name}/history`}
        variant="default"
        leftSection={<IconHistory size={17} aria-hidden />}
      >
        {t("history")}
      </Button>
      {me.may("policies:manage") ? (
        <>
          {isInForce ? (
            <Button
              variant="light"
              color="red"
              onClick={() => {
                setIsAsking(true);
              }}
            >
              {t("delete")}
            </Button>
          ) : null}
          <Button component={Link} href={`/policies/${name}/edit`} leftSection={<IconPencil size={17} aria-hidden />}>
            {t("edit")}
          </Button>
        </>
      ) : null}
      {isAsking ? (
        <Deletion
          name={name}
          close={() => {
            setIsAsking(false);
          }}
        />
      ) : null}
    </>
  );
}

function Deletion({ name, close }: { readonly name: string; readonly close: () => void }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const [, go] = useLocation();
  return (
    <ConfirmDialog
      title={t("delete_title", { name })}
      action={t("delete")}
      isGrave
      reason="none"
      close={close}
      confirm={async () => {
        await answer(api.DELETE("/api/v1/policies/{name}", { params: { path: { name } } }));
        await cache.invalidateQueries({ queryKey: ["policies"] });
        say(t("deleted", { name }));
        go("/policies");
      }}
    >
      {t("delete_text")}
    </ConfirmDialog>
  );
}
