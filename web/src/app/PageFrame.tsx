import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Component, Suspense, useEffect, useRef, type ReactNode } from "react";
import { Link, Route, Switch, useLocation } from "wouter";

import type { WhoAmI } from "../api/types";
import { useTexts } from "../i18n/language";
import { Empty, Outline } from "../ui/Loaded";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { visible } from "./routes";
import { texts } from "./texts";

/** The page of the present address. The focus follows to its beginning, so that a screen reader reads on from there. */
export function PageFrame({ who }: { readonly who: WhoAmI }) {
  const [location] = useLocation();
  const frame = useRef<HTMLDivElement>(null);
  const shown = useRef(location);
  useEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    frame.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location]);
  return (
    <div ref={frame} tabIndex={-1} id="content" style={{ outline: "none" }}>
      <Faults key={location}>
        <Suspense fallback={<Outline />}>
          <Switch>
            {visible(who.permissions).map(({ path, Page: Shown }) => (
              <Route key={path} path={path}>
                <Shown />
              </Route>
            ))}
            <Route>
              <NoSuchPage />
            </Route>
          </Switch>
        </Suspense>
      </Faults>
    </div>
  );
}

function NoSuchPage() {
  const t = useTexts(texts);
  return (
    <Page title={t("not_found")} width="narrow">
      <Empty
        icon={<IconMapQuestion />}
        title={t("not_found_text")}
        action={
          <Button component={Link} href="/" variant="default">
            {t("to_home")}
          </Button>
        }
      />
    </Page>
  );
}

/** A fault of one page leaves the shell standing. */
class Faults extends Component<{ readonly children: ReactNode }, { readonly fault: Error | null }> {
  override state: { readonly fault: Error | null } = { fault: null };

  static getDerivedStateFromError(fault: unknown) {
    return { fault: fault instanceof Error ? fault : new Error(String(fault)) };
  }

  override render() {
    return this.state.fault === null ? (
      this.props.children
    ) : (
      <Page title="Wicketgate" width="narrow">
        <Problem
          error={this.state.fault}
          retry={() => {
            location.reload();
          }}
        />
      </Page>
    );
  }
}
