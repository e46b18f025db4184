/** A form of a request, as it is typed, and the wish that the broker takes. Pure. */

import { fromWallClock } from "../../i18n/times";
import { LONGEST_REASON } from "../../api/limits";
import type { Asset, Preview, Service, Tier } from "../../api/types";
import type { Wish } from "./data";
import { fitsPattern } from "./ticket";

export interface WishForm {
  asset: Asset | null;
  service: string;
  tiers: Tier[];
  reason: string;
  ticket: string;
  begins: "now" | "later";
  /** By the clock of the asset's site: "2026-11-25T13:00". */
  starts: string;
  minutes: number;
  emergency: boolean;
}

const LONGEST_MINUTES = 7 * 24 * 60;

/** The service that is meant: the one chosen, or the only one. */
export function serviceOf(form: WishForm): Service | null {
  const services = form.asset?.services ?? [];
  return services.find(({ name }) => name === form.service) ?? (services.length === 1 ? (services[0] ?? null) : null);
}

/** What the broker is asked; null while it is not known of what. */
export function wishOf(form: WishForm, zone: string): Wish | null {
  const service = serviceOf(form);
  if (form.asset === null || service === null) return null;
  const starts = form.begins === "later" ? fromWallClock(form.starts, zone) : null;
  return {
    asset: form.asset.id,
    service: service.name,
    tiers: service.guarded ? form.tiers : [],
    reason: form.reason.trim(),
    ticket: form.ticket.trim(),
    duration: form.minutes * 60,
    emergency: form.emergency,
    ...(starts === null ? {} : { starts_at: starts.toISOString() }),
  };
}

export type Fault = "needed" | "ticket_form" | "from_past" | "duration_most" | "long";

/** What is still wrong with a form, by field, before it is worth sending. */
export function faultsOf(
  form: WishForm,
  context: { readonly zone: string; readonly now: number; readonly preview: Preview | undefined },
): Partial<Record<keyof WishForm, Fault | null>> {
  const { zone, now, preview } = context;
  const starts = fromWallClock(form.starts, zone);
  const most = (preview?.max_duration ?? LONGEST_MINUTES * 60) / 60;
  return {
    asset: form.asset === null ? "needed" : null,
    service: serviceOf(form) === null ? "needed" : null,
    tiers: serviceOf(form)?.guarded === true && form.tiers.length === 0 ? "needed" : null,
    reason: reasonFault(form, preview),
    ticket: ticketFault(form.ticket.trim(), preview?.ticket_pattern ?? null),
    starts: form.begins === "now" ? null : starts === null ? "needed" : starts.getTime() < now ? "from_past" : null,
    minutes: form.minutes < 1 ? "needed" : form.minutes > most ? "duration_most" : null,
  };
}

function reasonFault(form: WishForm, preview: Preview | undefined): Fault | null {
  const isNeeded = form.emergency || (preview?.reason_required ?? true);
  if (isNeeded && form.reason.trim() === "") return "needed";
  return form.reason.length > LONGEST_REASON ? "long" : null;
}

function ticketFault(ticket: string, pattern: string | null): Fault | null {
  if (pattern === null) return null;
  if (ticket === "") return "needed";
  return fitsPattern(ticket, pattern) ? null : "ticket_form";
}
