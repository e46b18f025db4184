/** People, groups and organizations as the pages ask for them. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { pagedQuery, type Key } from "../../api/queries";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type User = Schemas["UserOut"];
export type NewUser = Schemas["NewUserBody"];
export type UserChange = Schemas["UserChangeBody"];
export type Group = Schemas["GroupOut"];
export type Organization = Schemas["OrganizationOut"];

export interface UserFilter {
  readonly q: string;
  readonly organization: string;
  readonly group: string;
  readonly state: "all" | "enabled" | "disabled";
}

export const usersQuery = ({ q, organization, group, state }: UserFilter) =>
  pagedQuery<User>(["people", "list", q, organization, group, state], (cursor, signal) =>
    answer(
      api.GET("/api/v1/users", {
        params: {
          query: {
            ...(q === "" ? {} : { q }),
            ...(organization === "" ? {} : { organization }),
            ...(group === "" ? {} : { group }),
            ...(state === "all" ? {} : { disabled: state === "disabled" }),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
        signal,
      }),
    ),
  );

/** As many as one asks for at a time, and as many pages as one waits for. */
const WHOLE_PAGE = 500;
const MOST_PAGES = 40;

/** Every account: for what only shows when all of them are looked at together. */
export const everybodyQuery = queryOptions({
  queryKey: ["people", "everybody"] satisfies Key,
  queryFn: async ({ signal }) => {
    const found: User[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = { limit: WHOLE_PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const { items, next_cursor } = await answer(api.GET("/api/v1/users", { params: { query }, signal }));
      found.push(...items);
      if (next_cursor == null) break;
      cursor = next_cursor;
    }
    return found;
  },
});

export const userQuery = (user: string) =>
  queryOptions({
    queryKey: ["people", "one", user] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/users/{user}", { params: { path: { user } }, signal })),
  });

/** People whose names hold a text, to choose one. */
export const choicesQuery = (q: string) =>
  queryOptions({
    queryKey: ["people", "choices", q] satisfies Key,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/users", { params: { query: { limit: 50, ...(q === "" ? {} : { q }) } }, signal })),
    select: (page) => page.items,
  });

export const loginsQuery = (user: string) =>
  queryOptions({
    queryKey: ["people", "logins", user] satisfies Key,
    queryFn: ({ signal }) => answer(api.GET("/api/v1/auth/logins", { params: { query: { user } }, signal })),
    select: (page) => page.items,
  });

export const groupsQuery = queryOptions({
  queryKey: ["people", "groups", "all"] satisfies Key,
  queryFn: async ({ signal }) => {
    const found: Group[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = { limit: WHOLE_PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const { items, next_cursor } = await answer(api.GET("/api/v1/groups", { params: { query }, signal }));
      found.push(...items);
      if (next_cursor == null) break;
      cursor = next_cursor;
    }
    return found;
  },
});

export const organizationsQuery = queryOptions({
  queryKey: ["people", "organizations", "all"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/organizations", { signal })),
  select: (page) => page.items,
});

/** The locks that hold now. */
export const locksQuery = queryOptions({
  queryKey: ["locks", "holding"] satisfies Key,
  queryFn: ({ signal }) => answer(api.GET("/api/v1/locks", { params: { query: { limit: 500 } }, signal })),
  select: (page) => page.items,
});
