/** What the broker's refusals mean in German; English comes with each. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import { useLanguage } from "../i18n/language";

/** Fetched as soon as the pages are German: when the broker is gone and a fault has to be told, it is too late. */
const germanQuery = queryOptions({
  queryKey: ["german problems"],
  queryFn: async () => {
    const [{ germanProblems }, { tell }] = await Promise.all([import("./germanProblems"), import("./refusals/tell")]);
    return { germanProblems, tell };
  },
  staleTime: Infinity,
  gcTime: Infinity,
});

/** The words of codes and of details, where the page's language is not the broker's own and they are there. */
export function useProblemCatalogue() {
  const { language } = useLanguage();
  const { data } = useQuery({ ...germanQuery, enabled: language === "de" });
  return language === "de" ? data : undefined;
}
