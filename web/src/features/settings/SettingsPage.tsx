import { useQuery } from "@tanstack/react-query";
import { IconFileText, IconSettings, IconTerminal2 } from "@tabler/icons-react";
import { useState } from "react";

import { useTexts } from "../../i18n/language";
import { Choice, Filters, SearchField } from "../../ui/fields";
import { Empty, Loaded } from "../../ui/Loaded";
import { Page, Panel, Panels } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Signal, type Tone } from "../../ui/Signal";
import { settingsQuery, type Setting } from "./data";
import { Health } from "./Health";
import { sectionsOf } from "./sections";
import classes from "./settings.module.css";
import { sectionTexts, texts } from "./texts";
import { meaningTexts } from "./words";

type View = "all" | "changed";

/** The broker's settings with the origin of each value, and whether it can do its work. They are changed where it runs. */
export default function SettingsPage() {
  const t = useTexts(texts);
  const settings = useQuery(settingsQuery);
  const [wanted, setWanted] = useState("");
  const [view, setView] = useState<View>("all");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Panels>
        <Health />
        <Panel flush title={t("values")}>
          <Filters>
            <SearchField label={t("search")} value={wanted} search={setWanted} />
            <Choice
              label={t("which")}
              value={view}
              options={[
                { value: "all", label: t("all") },
                { value: "changed", label: t("set_here") },
              ]}
              choose={setView}
            />
          </Filters>
          <Loaded query={settings}>
            {(items) => {
              const sections = sectionsOf(items, wanted, view === "changed");
              return sections.length === 0 ? (
                <Empty icon={<IconSettings />} title={t("none")} />
              ) : (
                sections.map(({ name, settings }) => <SectionView key={name} name={name} settings={settings} />)
              );
            }}
          </Loaded>
        </Panel>
      </Panels>
    </Page>
  );
}

function SectionView({ name, settings }: { readonly name: string; readonly settings: readonly Setting[] }) {
  const t = useTexts(texts);
  const section = useTexts(sectionTexts);
  const title = Object.hasOwn(sectionTexts.en, name)
    ? section(name as keyof (typeof sectionTexts)["en"])
    : name || t("others");
  const columns: readonly Column<Setting>[] = [
    { title: t("setting"), cell: (setting) => <code className={classes.name}>{setting.name}</code>, width: "18rem" },
    { title: t("value"), cell: (setting) => <Value setting={setting} /> },
    { title: t("origin"), cell: (setting) => <Origin origin={setting.origin} />, width: "9rem" },
    { title: t("meaning"), cell: (setting) => <Meaning setting={setting} /> },
  ];
  return (
    <section className={classes.section}>
      <h3 className={classes.sectionName}>{title}</h3>
      <RecordList label={title} items={settings} id={(setting) => setting.name} columns={columns} />
    </section>
  );
}

/** What a setting means; of a broker that is newer than this page, in the broker's own words. */
function Meaning({ setting: { name, meaning } }: { readonly setting: Setting }) {
  const t = useTexts(meaningTexts);
  if (Object.hasOwn(meaningTexts.en, name)) return t(name as keyof (typeof meaningTexts)["en"]);
  return <span lang="en">{meaning || "–"}</span>;
}

/** What the broker says in place of a value. */
const WORDS = { "": "empty", "(not set)": "not_set" } as const;

function wordOf(value: string): (typeof WORDS)[keyof typeof WORDS] | null {
  return Object.hasOwn(WORDS, value) ? WORDS[value as keyof typeof WORDS] : null;
}

function Value({ setting }: { readonly setting: Setting }) {
  const t = useTexts(texts);
  const { value, origin } = setting;
  const [word, before] = [wordOf(value), wordOf(setting.default)];
  return (
    <span className={classes.value}>
      {word === null ? <code>{value}</code> : <span className={classes.dimmed}>{t(word)}</span>}
      {origin === "default" ? null : (
        <span className={classes.dimmed}>
          {t("instead_of", { value: before === null ? setting.default : t(before) })}
        </span>
      )}
    </span>
  );
}

const ORIGINS = {
  default: { tone: "calm", icon: <IconSettings aria-hidden /> },
  file: { tone: "info", icon: <IconFileText aria-hidden /> },
  environment: { tone: "deep", icon: <IconTerminal2 aria-hidden /> },
} as const satisfies Record<Setting["origin"], { tone: Tone; icon: React.ReactNode }>;

function Origin({ origin }: { readonly origin: Setting["origin"] }) {
  const t = useTexts(texts);
  return (
    <Signal plain {...ORIGINS[origin]}>
      {t(`origin_${origin}`)}
    </Signal>
  );
}
