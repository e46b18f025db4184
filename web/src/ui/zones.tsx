import { useQuery } from "@tanstack/react-query";
import { createContext, use, useMemo, useState, type ReactNode } from "react";

import { sitesQuery } from "../api/queries";
import type { Site } from "../api/types";
import { viewerZone } from "../i18n/times";

const STORED_AS = "wicketgate.site";

interface Chosen {
  /** The site that one works for now; null for all. */
  readonly site: Site | null;
  readonly sites: readonly Site[];
  readonly choose: (site: Site | null) => void;
}
const SiteContext = createContext<Chosen>({ site: null, sites: [], choose: () => undefined });

/** Remembers the site that somebody works for: lists show its things, and times are its own. */
export function SiteOfWork({ children }: { children: ReactNode }) {
  const { data: sites = [] } = useQuery(sitesQuery);
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORED_AS));
  const value = useMemo<Chosen>(
    () => ({
      sites,
      site: sites.find((site) => site.id === chosen) ?? (sites.length === 1 ? (sites[0] ?? null) : null),
      choose: (site) => {
        if (site === null) localStorage.removeItem(STORED_AS);
        else localStorage.setItem(STORED_AS, site.id);
        setChosen(site?.id ?? null);
      },
    }),
    [sites, chosen],
  );
  return <SiteContext value={value}>{children}</SiteContext>;
}

/** The site of work, all sites, and how to choose. */
export function useSiteOfWork(): Chosen {
  return use(SiteContext);
}

/** The time zone of a site (by id); without one, of the site of work; else the viewer's. */
export function useZone(site?: string): string {
  const { site: work, sites } = useSiteOfWork();
  const meant = site === undefined ? work : sites.find((each) => each.id === site);
  return meant?.timezone ?? viewerZone();
}

/** What people call a site. */
export function siteName({ display_name, name }: Pick<Site, "display_name" | "name">): string {
  return display_name === "" ? name : display_name;
}
