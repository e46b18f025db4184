import {
  IconBell,
  IconBroadcast,
  IconBuildingFactory2,
  IconCpu,
  IconDatabaseImport,
  IconFileCheck,
  IconHistory,
  IconKey,
  IconListSearch,
  IconLock,
  IconLogin2,
  IconRouter,
  IconScale,
  IconUrgent,
  IconUser,
  IconUsers,
} from "@tabler/icons-react";
import { useCallback, type ComponentType } from "react";

import { useTexts } from "../../i18n/language";
import { Signal, type Tone } from "../../ui/Signal";
import { subjectOf } from "./events";
import { actionTexts } from "./words";

type Icon = ComponentType<{ "aria-hidden"?: boolean }>;

/** What an action is about, as a sign. */
const ICONS: Readonly<Record<string, Icon>> = {
  agent: IconRouter,
  approval: IconFileCheck,
  asset: IconCpu,
  audit: IconListSearch,
  banner: IconBell,
  block: IconLock,
  changes: IconHistory,
  emergency: IconUrgent,
  extension: IconFileCheck,
  grant: IconFileCheck,
  group: IconUsers,
  inventory: IconDatabaseImport,
  join_token: IconRouter,
  lock: IconLock,
  login: IconLogin2,
  organization: IconUsers,
  policy: IconScale,
  recording: IconHistory,
  request: IconFileCheck,
  review: IconUrgent,
  session: IconBroadcast,
  sessions: IconUrgent,
  setup: IconKey,
  site: IconBuildingFactory2,
  user: IconUser,
  vault: IconKey,
};

/** What an auditor looks for first. Everything else is calm: a log full of colours says nothing. */
const TONES: Readonly<Record<string, Tone>> = {
  "agent.enrolment_refused": "alarm",
  "agent.quarantined": "alarm",
  "agent.revoked": "notice",
  "emergency.used": "alarm",
  "lock.set": "notice",
  "login.code_rejected": "notice",
  "login.failed": "notice",
  "login.passkey_rejected": "notice",
  "login.reuse_detected": "alarm",
  "policy.applied": "info",
  "policy.deleted": "notice",
  "recording.lost": "alarm",
  "request.denied": "notice",
  "session.killed": "alarm",
  "sessions.killed": "alarm",
  "site.locked": "notice",
  "user.disabled": "notice",
  "user.mfa_reset": "notice",
  "user.password_reset": "notice",
  "user.recovery_code_used": "notice",
};

/** An action in words: every one that we know, any other as the broker wrote it. */
export function useActionWords(): (action: string) => string {
  const t = useTexts(actionTexts);
  return useCallback(
    (action) => (Object.hasOwn(actionTexts.en, action) ? t(action as keyof (typeof actionTexts)["en"]) : action),
    [t],
  );
}

/** An action as a sign, a colour where it deserves one, and words. */
export function Action({ action }: { readonly action: string }) {
  const words = useActionWords();
  const Icon = ICONS[subjectOf(action)] ?? IconListSearch;
  return (
    <Signal plain tone={TONES[action] ?? "calm"} icon={<Icon aria-hidden />}>
      {words(action)}
    </Signal>
  );
}
