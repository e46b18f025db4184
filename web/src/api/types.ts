/** Short names for what the API gives. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type AccessItem = Schemas["AssetAccessOut"];
export type Named = Schemas["NamedOut"];
export type Sentence = Schemas["SentenceOut"];
export type SentenceValue = Sentence["values"][string];
export type Reason = Schemas["ReasonOut"];
export type Windows = Schemas["WindowsOut"];
export type AccessRequest = Schemas["AccessRequest"];
export type Agent = Schemas["AgentOut"];
export type Asset = Schemas["AssetOut"];
export type Card = Schemas["CardOut"];
export type Change = Schemas["ChangeOut"];
export type Conflict = Schemas["ConflictOut"];
export type CreatedCredential = Schemas["CreatedCredential"];
export type Drill = Schemas["DrillOut"];
export type Grant = Schemas["GrantOut"];
export type Lock = Schemas["LockOut"];
export type ObjectRule = Schemas["ObjectRule"];
export type Overview = Schemas["OverviewOut"];
export type LoginItem = Schemas["LoginItem"];
export type Passkey = Schemas["PasskeyOut"];
export type Permission = Schemas["Permission"];
export type Preview = Schemas["RequestPreview"];
export type Question = Schemas["QuestionOut"];
export type Recording = Schemas["RecordingOut"];
export type Review = Schemas["ReviewOut"];
export type Role = Schemas["Role"];
export type Rules = Schemas["Rules"];
export type Service = Schemas["ServiceOut"];
export type Session = Schemas["SessionOut"];
export type ShownCredential = Schemas["ShownCredential"];
export type Site = Schemas["SiteOut"];
export type Tier = Schemas["Tier"];
export type WhoAmI = Schemas["WhoAmIOut"];
