import { useQuery } from "@tanstack/react-query";

import { useMe } from "../../api/me";
import { siteName, useSiteOfWork } from "../../ui/zones";
import { organizationsQuery, userQuery } from "./data";

/** What people call an organization; its id where one may not know more. */
export function OrganizationName({ id }: { readonly id: string }) {
  const me = useMe();
  const organizations = useQuery({ ...organizationsQuery, enabled: me.may("people:read") });
  return organizations.data?.get(id) ?? (me.may("people:read") ? id : me.organization);
}

/** Somebody's user name; their id until it is known. */
export function UserName({ id }: { readonly id: string }) {
  const me = useMe();
  const user = useQuery({ ...userQuery(id), enabled: me.may("people:read") });
  return user.data?.username ?? id;
}

/** What people call a site. */
export function SiteName({ id }: { readonly id: string }) {
  const { sites } = useSiteOfWork();
  const site = sites.find((each) => each.id === id);
  return site === undefined ? id : siteName(site);
}
