/**
 * Every page: its address, its code (loaded when first opened), and where it stands in the navigation.
 *
 * To add a page: write it in its feature with a default export, add one line here, and its name to `texts.ts`.
 */

import {
  IconBroadcast,
  IconCpu,
  IconFileCheck,
  IconHistory,
  IconHome,
  IconListSearch,
  IconLock,
  IconPencil,
  IconScale,
  IconSettings,
  IconUsers,
} from "@tabler/icons-react";
import { lazy, type ComponentType } from "react";

import type { Permission } from "../api/types";
import type { PlainKey } from "../i18n/texts";
import type { texts } from "./texts";

type Loaded = Promise<{ default: ComponentType }>;

export interface PageRoute {
  readonly path: string;
  readonly Page: ComponentType;
  /** Fetch the page's code ahead: a pointer on the navigation means that it will be wanted. */
  readonly preload: () => void;
  /** One of these is needed to see the page; without it, everybody sees it. */
  readonly needs?: readonly Permission[];
  readonly nav?: Navigation;
}

interface Navigation {
  readonly group: "work" | "evidence" | "rules";
  readonly name: PlainKey<typeof texts>;
  readonly short?: PlainKey<typeof texts>;
  readonly Icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
}

type Rest = Pick<PageRoute, "needs" | "nav">;

function page(path: string, load: () => Loaded, rest: Rest = {}): PageRoute {
  return { path, Page: lazy(load), preload: () => void load().catch(() => undefined), ...rest };
}

/** On a phone, where the rest of the navigation stands. */
export const MORE = "/more";

export const routes: readonly PageRoute[] = [
  page("/", () => import("../features/home/HomePage"), { nav: { group: "work", name: "home", Icon: IconHome } }),
  page("/requests", () => import("../features/requests/RequestsPage"), {
    nav: { group: "work", name: "requests", Icon: IconFileCheck },
  }),
  page("/requests/new", () => import("../features/requests/NewRequestPage"), { needs: ["requests:create"] }),
  page("/requests/reviews", () => import("../features/requests/ReviewsPage"), { needs: ["requests:read_all"] }),
  page("/requests/:emergency/review", () => import("../features/requests/ReviewPage"), {
    needs: ["requests:read_all"],
  }),
  page("/requests/:request", () => import("../features/requests/RequestPage")),
  page("/sessions", () => import("../features/sessions/SessionsPage"), {
    nav: { group: "work", name: "sessions", Icon: IconBroadcast },
  }),
  page("/sessions/drills/:drill", () => import("../features/sessions/DrillPage"), { needs: ["sessions:read_all"] }),
  page("/sessions/:session", () => import("../features/sessions/SessionPage")),
  page("/inventory", () => import("../features/assets/InventoryPage"), {
    nav: { group: "work", name: "assets", short: "assets_short", Icon: IconCpu },
  }),
  page("/inventory/import", () => import("../features/inventory/ImportPage"), { needs: ["inventory:manage"] }),
  page("/inventory/assets/new", () => import("../features/inventory/AssetFormPage"), { needs: ["inventory:manage"] }),
  page("/inventory/assets/:asset", () => import("../features/assets/AssetPage")),
  page("/inventory/assets/:asset/edit", () => import("../features/inventory/AssetFormPage"), {
    needs: ["inventory:manage"],
  }),
  page("/inventory/assets/:asset/tags", () => import("../features/inventory/TagsPage")),
  page("/inventory/assets/:asset/services/new", () => import("../features/inventory/ServiceFormPage"), {
    needs: ["inventory:manage"],
  }),
  page("/inventory/assets/:asset/services/:service/edit", () => import("../features/inventory/ServiceFormPage"), {
    needs: ["inventory:manage"],
  }),
  page("/inventory/sites/new", () => import("../features/inventory/SiteFormPage"), { needs: ["inventory:manage"] }),
  page("/inventory/sites/:site", () => import("../features/assets/SitePage")),
  page("/inventory/sites/:site/edit", () => import("../features/inventory/SiteFormPage"), {
    needs: ["inventory:manage"],
  }),
  page("/inventory/sites/:site/enrol", () => import("../features/assets/EnrolPage"), { needs: ["inventory:manage"] }),
  page("/recordings", () => import("../features/recordings/RecordingsPage"), {
    needs: ["recordings:read"],
    nav: { group: "evidence", name: "recordings", Icon: IconHistory },
  }),
  page("/recordings/:recording", () => import("../features/recordings/RecordingPage"), { needs: ["recordings:read"] }),
  page("/changes", () => import("../features/recordings/ChangesPage"), {
    needs: ["recordings:read"],
    nav: { group: "evidence", name: "changes", Icon: IconPencil },
  }),
  page("/audit", () => import("../features/audit/AuditPage"), {
    needs: ["audit:read"],
    nav: { group: "evidence", name: "audit", Icon: IconListSearch },
  }),
  page("/audit/verification", () => import("../features/audit/VerificationPage"), { needs: ["audit:read"] }),
  page("/policies", () => import("../features/policies/PoliciesPage"), {
    needs: ["policies:read"],
    nav: { group: "rules", name: "policies", Icon: IconScale },
  }),
  page("/policies/tools/explain", () => import("../features/policies/ExplainPage"), { needs: ["policies:read"] }),
  page("/policies/tools/reach", () => import("../features/policies/ReachPage"), { needs: ["policies:read"] }),
  page("/policies/tools/tests", () => import("../features/policies/TestsPage"), { needs: ["policies:read"] }),
  page("/policies/tools/new", () => import("../features/policies/EditorPage"), { needs: ["policies:manage"] }),
  page("/policies/:name", () => import("../features/policies/PolicyPage"), { needs: ["policies:read"] }),
  page("/policies/:name/edit", () => import("../features/policies/EditorPage"), { needs: ["policies:manage"] }),
  page("/policies/:name/history", () => import("../features/policies/HistoryPage"), { needs: ["policies:read"] }),
  page("/people", () => import("../features/people/PeoplePage"), {
    needs: ["people:read"],
    nav: { group: "rules", name: "people", Icon: IconUsers },
  }),
  page("/people/new", () => import("../features/people/NewUserPage"), { needs: ["people:manage"] }),
  page("/people/users/:user", () => import("../features/people/UserPage"), { needs: ["people:read"] }),
  page("/people/groups", () => import("../features/people/GroupsPage"), { needs: ["people:read"] }),
  page("/people/groups/:group", () => import("../features/people/GroupPage"), { needs: ["people:read"] }),
  page("/people/organizations", () => import("../features/people/OrganizationsPage"), { needs: ["people:read"] }),
  page("/people/expiring", () => import("../features/people/ExpiringPage"), { needs: ["people:read"] }),
  page("/locks", () => import("../features/settings/LocksPage"), {
    needs: ["locks:manage", "sessions:read_all"],
    nav: { group: "rules", name: "locks", Icon: IconLock },
  }),
  page("/settings", () => import("../features/settings/SettingsPage"), {
    needs: ["system:manage"],
    nav: { group: "rules", name: "settings", Icon: IconSettings },
  }),
  page(MORE, () => import("./MorePage")),
  page("/account", () => import("../features/account/AccountPage")),
];

/** A page that stands in the navigation. */
export type Place = PageRoute & { readonly nav: Navigation };

/** The pages of the navigation that somebody with these permissions sees. */
export function places(permissions: readonly Permission[]): readonly Place[] {
  return visible(permissions).filter((route): route is Place => route.nav !== undefined);
}

/** The pages that somebody with these permissions sees. */
export function visible(permissions: readonly Permission[]): readonly PageRoute[] {
  return routes.filter(({ needs }) => needs === undefined || needs.some((each) => permissions.includes(each)));
}

/** Whether an address belongs to a page of the navigation: itself, or something under it. */
export function isUnder(path: string, location: string): boolean {
  return path === "/" ? location === "/" : location === path || location.startsWith(`${path}/`);
}
