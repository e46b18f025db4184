import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, useEffect, useState, type ReactNode } from "react";

import { answer, api } from "../../api/client";
import { useLanguage, useTexts } from "../../i18n/language";
import { languages } from "../../i18n/texts";
import { Empty, Loaded } from "../../ui/Loaded";
import { Mark } from "../../ui/Mark";
import classes from "./Door.module.css";
import SignIn from "./SignIn";
import { texts } from "./texts";

// Once in a broker's life.
const FirstAdmin = lazy(() => import("./FirstAdmin"));
const SETUP_PATH = "/setup";

/** What stands before everything: the house's notice, then the sign-in, or the making of the first admin. */
export default function Door({ done }: { readonly done: () => void }) {
  const t = useTexts(texts);
  const welcome = useQuery({
    queryKey: ["settings", "welcome"],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/welcome", { signal })),
  });
  const [isAccepted, setIsAccepted] = useState(false);
  useEffect(() => {
    document.title = `${t("sign_in")} · Wicketgate`;
  }, [t]);
  return (
    <div className={classes.door}>
      <main className={classes.card}>
        <div className={classes.brand}>
          <Mark size={34} />
          <div>
            <h1 className={classes.name}>Wicketgate</h1>
            <p className={classes.tagline}>{t("tagline")}</p>
          </div>
        </div>
        <Loaded query={welcome}>
          {({ banner, setup_needed }) =>
            banner !== "" && !isAccepted ? (
              <Notice
                text={banner}
                accept={() => {
                  setIsAccepted(true);
                }}
              />
            ) : (
              <Entry isNew={setup_needed} done={done} />
            )
          }
        </Loaded>
      </main>
      <footer className={classes.footer}>
        <Languages />
        {welcome.data === undefined ? null : <span>{t("version", { version: welcome.data.version })}</span>}
      </footer>
    </div>
  );
}

function Entry({ isNew, done }: { readonly isNew: boolean; readonly done: () => void }): ReactNode {
  const t = useTexts(texts);
  if (!isNew) return <SignIn done={done} />;
  if (location.pathname === SETUP_PATH) return <FirstAdmin done={done} />;
  return <Empty title={t("setup_needed")}>{t("setup_needed_text")}</Empty>;
}

/** The house's notice, to be accepted before anything else. Its text is shown as it was written. */
function Notice({ text, accept }: { readonly text: string; readonly accept: () => void }) {
  const t = useTexts(texts);
  return (
    <Stack gap="md">
      <h2 className={classes.title}>{t("banner_title")}</h2>
      <div className={classes.notice} tabIndex={0}>
        {text}
      </div>
      <Text size="sm" c="dimmed">
        {t("accept_note")}
      </Text>
      <Button fullWidth onClick={accept}>
        {t("accept")}
      </Button>
    </Stack>
  );
}

const NAMES = { en: "English", de: "Deutsch" } as const;

function Languages() {
  const { language, choose } = useLanguage();
  return (
    <span className={classes.languages}>
      {languages.map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-pressed={each === language}
          onClick={() => {
            choose(each);
          }}
        >
          {NAMES[each]}
        </button>
      ))}
    </span>
  );
}
