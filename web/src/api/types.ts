/** Short names for what the API gives. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type AccessRequest = Schemas["AccessRequest"];
export type Agent = Schemas["AgentOut"];
export type Asset = Schemas["AssetOut"];
export type Grant = Schemas["GrantOut"];
export type Lock = Schemas["LockOut"];
export type { AccessItem, ChangeOut as Change, Deciding, LoginItem, Preview, RequestDetail, WhoAmI } from "./contract";
export type Permission = Schemas["Permission"];
export type Role = Schemas["Role"];
export type Rules = Schemas["Rules"];
export type Service = Schemas["ServiceOut"];
export type Session = Schemas["SessionOut"];
export type Site = Schemas["SiteOut"];
export type Tier = Schemas["Tier"];
