import "../../ui/styles/forms";

import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPencil } from "@tabler/icons-react";
import { Link, useParams, useSearchParams } from "wouter";

import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { Moment } from "../../ui/times";
import { Changes } from "./Changes";
import { policyQuery, versionsQuery, type Policy } from "./data";
import classes from "./policies.module.css";
import { TextDiff } from "./TextDiff";
import { texts } from "./texts";

/** Every version that ever held, and what is different between any two. */
export default function HistoryPage() {
  const t = useTexts(texts);
  const { name } = useParams<{ name: string }>();
  const versions = useQuery(versionsQuery(name));
  return (
    <Page title={t("history_of", { name })} above={<Link href={`/policies/${name}`}>{name}</Link>}>
      <Loaded query={versions}>
        {(items) => (
          <Panels>
            {items.length > 1 ? <Comparison name={name} versions={items} /> : null}
            <Panel title={t("versions", { count: items.length })}>
              <ol className={classes.versions}>
                {items.map((version) => (
                  <Version key={version.version} version={version} isNewest={version.version === items[0]?.version} />
                ))}
              </ol>
            </Panel>
          </Panels>
        )}
      </Loaded>
    </Page>
  );
}

interface ComparisonProps {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly Policy[];
}

function Comparison({ name, versions }: ComparisonProps) {
  const t = useTexts(texts);
  const [address, setAddress] = useSearchParams();
  const numbers = versions.map(({ version }) => version);
  const known = (text: string | null) => numbers.find((number) => String(number) === text);
  const to = known(address.get("to")) ?? numbers[0] ?? 1;
  const from = known(address.get("from")) ?? numbers.find((number) => number < to) ?? to;
  const [before, after] = [useQuery(policyQuery(name, from)), useQuery(policyQuery(name, to))];
  const choices = versions.map(({ version, author_name }) => ({
    value: String(version),
    label: t("version_by", { version, name: author_name }),
  }));
  const choose = (part: Readonly<Record<string, string>>) => {
    setAddress({ from: String(from), to: String(to), ...part }, { replace: true });
  };
  return (
    <Panel title={t("compare")}>
      <div className={classes.comparison}>
        <Select
          label={t("from_version")}
          data={choices}
          value={String(from)}
          allowDeselect={false}
          onChange={(value) => {
            if (value !== null) choose({ from: value });
          }}
        />
        <Select
          label={t("to_version")}
          data={choices}
          value={String(to)}
          allowDeselect={false}
          onChange={(value) => {
            if (value !== null) choose({ to: value });
          }}
        />
      </div>
      <Loaded query={before}>
        {(one) => (
          <Loaded query={after}>
            {(other) => <TextDiff label={t("compare")} before={one.text ?? ""} after={other.text ?? ""} />}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

function Version({ version, isNewest }: { readonly version: Policy; readonly isNewest: boolean }) {
  const t = useTexts(texts);
  const me = useMe();
  const number = version.version;
  return (
    <li>
      <div className={classes.versionHead}>
        <strong>{t("version_number", { version: number })}</strong>
        <span className={classes.dimmed}>
          {version.author_name} · <Moment at={version.at} />
        </span>
        {isNewest || !me.may("policies:manage") ? null : (
          <Button
            component={Link}
            href={`/policies/${version.name}/edit?version=${number}`}
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPencil size={14} aria-hidden />}
          >
            {t("edit_from")}
          </Button>
        )}
      </div>
      {version.comment === "" ? null : <div className={classes.comment}>{version.comment}</div>}
      {number === 1 ? <p className={classes.dimmed}>{t("first_version")}</p> : <Changes lines={version.diff} />}
    </li>
  );
}
