import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { useSiteOfWork } from "../../ui/zones";
import { assetsForNamesQuery, groupsQuery, organizationsQuery, peopleQuery, policiesQuery, schemaQuery } from "./data";
import type { Knowledge } from "./editor/CodeEditor";
import { tables } from "./protocols";
import { fieldTexts } from "./words";

/** What the editor proposes: the language's own words, and the names that the plant has given. */
export function useKnowledge(): Knowledge {
  const me = useMe();
  const { sites } = useSiteOfWork();
  const t = useTexts(fieldTexts);
  const schema = useQuery(schemaQuery);
  const groups = useQuery({ ...groupsQuery, enabled: me.may("people:read") });
  const organizations = useQuery({ ...organizationsQuery, enabled: me.may("people:read") });
  const people = useQuery({ ...peopleQuery(""), enabled: me.may("people:read") });
  const assets = useQuery({ ...assetsForNamesQuery, enabled: me.may("inventory:read") });
  const policies = useQuery(policiesQuery);
  const meaning = useCallback(
    (path: string) => (Object.hasOwn(fieldTexts.en, path) ? t(path as keyof (typeof fieldTexts)["en"]) : ""),
    [t],
  );
  const plant = useMemo(
    () => ({
      groups: groups.data ?? [],
      organizations: organizations.data?.items.map(({ name }) => name) ?? [],
      users: people.data?.map(({ username }) => username) ?? [],
      sites: sites.map(({ name }) => name),
      assets: assets.data?.map(({ name }) => name) ?? [],
      services: [
        ...new Set(assets.data?.flatMap(({ services }) => services.flatMap((each) => [each.name, each.protocol]))),
      ],
      freezes: policies.data?.filter(({ kind }) => kind === "Freeze").map(({ name }) => name) ?? [],
      tables,
      timezones: Intl.supportedValuesOf("timeZone"),
    }),
    [groups.data, organizations.data, people.data, sites, assets.data, policies.data],
  );
  return useMemo(() => ({ schema: schema.data ?? null, plant, meaning }), [schema.data, plant, meaning]);
}
