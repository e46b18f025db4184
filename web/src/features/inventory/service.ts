/** A service as a form has it: which fields its protocol has, what is not right yet, and the body. Pure. */

import known from "../../api/protocols.json";
import type { FieldProblem } from "../../api/problems";
import type { Asset, Service } from "../../api/types";
import type { ServiceSpec } from "./data";
import { isName, readNumbers, readWords, writeNumbers } from "./typed";

export const SERIAL = "modbus-rtu";
/** What passes without being understood, with the port where it usually is at home. */
const OPAQUE: Readonly<Record<string, number | null>> = { ssh: 22, tcp: null, udp: null };
const GUARDED: Readonly<
  Record<string, { readonly port: number; readonly unit: string | null; readonly route: Route | null }>
> = known;

interface Route {
  readonly words: string;
  readonly example: string;
}

export const guarded: readonly string[] = Object.keys(GUARDED);
export const opaque: readonly string[] = Object.keys(OPAQUE);

export type Numeric = number | "";

export interface ServiceForm {
  readonly name: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: Numeric;
  readonly units: string;
  readonly routes: string;
  readonly max_streams: Numeric;
  readonly max_rate: Numeric;
  readonly idle_seconds: Numeric;
  readonly device_timeout_seconds: Numeric;
  /** Whether tools that look for devices are told who this one is. */
  readonly isTold: boolean;
  readonly vendor: Numeric;
  readonly device_type: Numeric;
  readonly product_code: Numeric;
  readonly major: Numeric;
  readonly minor: Numeric;
  readonly serial_number: Numeric;
  readonly product_name: string;
  /** Not asked for; kept as they are. */
  readonly status: number;
  readonly state: number;
  readonly instance: Numeric;
  readonly max_apdu: Numeric;
  readonly segmentation: Segmentation;
}

export const SEGMENTATIONS = ["none", "both", "transmit", "receive"] as const;
export type Segmentation = (typeof SEGMENTATIONS)[number];
export type IdentityField =
  "vendor" | "device_type" | "product_code" | "major" | "minor" | "serial_number" | "instance";

/** The numbers that make an identity, by the protocol that tells it. */
export const IDENTITY: Readonly<Record<string, readonly IdentityField[]>> = {
  enip: ["vendor", "device_type", "product_code", "major", "minor", "serial_number"],
  bacnet: ["instance", "vendor"],
};

export const BLANK: ServiceForm = {
  name: "",
  protocol: "modbus",
  host: "",
  port: GUARDED.modbus?.port ?? "",
  units: "",
  routes: "",
  max_streams: 1,
  max_rate: "",
  idle_seconds: "",
  device_timeout_seconds: 30,
  isTold: false,
  vendor: "",
  device_type: "",
  product_code: "",
  major: "",
  minor: "",
  serial_number: "",
  product_name: "",
  status: 0,
  state: 255,
  instance: "",
  max_apdu: 1476,
  segmentation: "none",
};

export interface Fields {
  readonly hasUnits: boolean;
  readonly route: Route | null;
  readonly isSerial: boolean;
  readonly identity: readonly IdentityField[] | null;
}

/** What a service of this protocol has beside name and address. */
export function fieldsOf(protocol: string): Fields {
  const words = Object.hasOwn(GUARDED, protocol) ? GUARDED[protocol] : undefined;
  return {
    hasUnits: words !== undefined && words.unit !== null,
    route: words?.route ?? null,
    isSerial: protocol === SERIAL,
    identity: Object.hasOwn(IDENTITY, protocol) ? (IDENTITY[protocol] ?? null) : null,
  };
}

export function portOf(protocol: string): Numeric {
  const opaquePort = Object.hasOwn(OPAQUE, protocol) ? OPAQUE[protocol] : undefined;
  return (Object.hasOwn(GUARDED, protocol) ? GUARDED[protocol]?.port : opaquePort) ?? "";
}

/** Another protocol brings its own port, as long as the port was the old one's; a new service's name follows likewise. */
export function withProtocol(form: ServiceForm, protocol: string, isNew: boolean): ServiceForm {
  const keepsPort = form.port !== "" && form.port !== portOf(form.protocol);
  const keepsName = !isNew || (form.name !== "" && form.name !== form.protocol);
  return {
    ...form,
    protocol,
    port: keepsPort ? form.port : portOf(protocol),
    name: keepsName ? form.name : protocol,
    host: (protocol === SERIAL) === form.host.startsWith("serial:") ? form.host : "",
    isTold: false,
  };
}

export function formOf(service: Service): ServiceForm {
  const { identity, limits } = service;
  const { enip, bacnet } = identity ?? {};
  return {
    ...BLANK,
    name: service.name,
    protocol: service.protocol,
    host: service.host,
    port: service.port,
    units: writeNumbers(service.own_units),
    routes: service.routes?.join(", ") ?? "",
    max_streams: limits.max_streams ?? 1,
    max_rate: limits.max_rate ?? "",
    idle_seconds: limits.idle_seconds ?? "",
    device_timeout_seconds: limits.device_timeout_seconds ?? 30,
    isTold: identity !== null,
    ...(enip == null ? {} : { ...enip, status: enip.status ?? 0, state: enip.state ?? 255 }),
    ...(bacnet == null
      ? {}
      : { ...bacnet, max_apdu: bacnet.max_apdu ?? 1476, segmentation: bacnet.segmentation ?? "none" }),
  };
}

export type ServiceFault =
  "needed" | "name_form" | "name_twice" | "serial_form" | "host_form" | "numbers_form" | "number_form" | "rate_form";

export function faultsOf(
  form: ServiceForm,
  others: readonly string[],
): Partial<Record<keyof ServiceForm, ServiceFault>> {
  const faults: Partial<Record<keyof ServiceForm, ServiceFault>> = {};
  const fields = fieldsOf(form.protocol);
  if (form.name === "") faults.name = "needed";
  else if (!isName(form.name)) faults.name = "name_form";
  else if (others.includes(form.name)) faults.name = "name_twice";
  if (form.host.trim() === "") faults.host = "needed";
  else if (fields.isSerial && !form.host.trim().startsWith("serial:/dev/")) faults.host = "serial_form";
  else if (!fields.isSerial && /[/\s]|^serial:/.test(form.host.trim())) faults.host = "host_form";
  if (form.port === "") faults.port = "needed";
  if (form.max_streams === "") faults.max_streams = "needed";
  if (form.device_timeout_seconds === "") faults.device_timeout_seconds = "needed";
  if (fields.hasUnits && readNumbers(form.units) === null) faults.units = "numbers_form";
  if (form.isTold) for (const name of fields.identity ?? []) if (form[name] === "") faults[name] = "needed";
  // None would be a limit that nobody lifted: what is half typed must never be sent as nothing.
  for (const name of Object.keys(form) as (keyof ServiceForm)[]) {
    if (typeof form[name] === "number" && !Number.isFinite(form[name])) faults[name] = "number_form";
  }
  if (typeof form.max_rate === "number" && form.max_rate <= 0) faults.max_rate = "rate_form";
  return faults;
}

/** The body of a service without faults. */
export function specOf(form: ServiceForm): ServiceSpec {
  const fields = fieldsOf(form.protocol);
  const units = fields.hasUnits ? readNumbers(form.units) : null;
  return {
    name: form.name,
    protocol: form.protocol,
    host: form.host.trim(),
    port: Number(form.port),
    units: units === null || units === "none" ? null : [...units],
    routes: fields.route === null ? null : readWords(form.routes),
    identity: identityOf(form),
    limits: {
      max_streams: Number(form.max_streams),
      max_rate: form.max_rate === "" ? null : form.max_rate,
      idle_seconds: form.idle_seconds === "" ? null : form.idle_seconds,
      device_timeout_seconds: Number(form.device_timeout_seconds),
    },
  };
}

function identityOf(form: ServiceForm): Service["identity"] {
  if (!form.isTold) return null;
  const numbers = (names: readonly IdentityField[]) =>
    Object.fromEntries(names.map((name) => [name, Number(form[name])])) as Record<IdentityField, number>;
  switch (form.protocol) {
    case "enip":
      return {
        enip: {
          ...numbers(IDENTITY.enip ?? []),
          product_name: form.product_name,
          status: form.status,
          state: form.state,
        },
      };
    case "bacnet":
      return {
        bacnet: {
          ...numbers(IDENTITY.bacnet ?? []),
          max_apdu: form.max_apdu === "" ? 1476 : form.max_apdu,
          segmentation: form.segmentation,
        },
      };
    default:
      return null;
  }
}

/** A service that is there, as it is sent again unchanged. */
export function sameSpec({ name, protocol, host, port, own_units, routes, identity, limits }: Service): ServiceSpec {
  return { name, protocol, host, port, units: own_units, routes, identity, limits };
}

/** The whole list of an asset with one service put in, changed or taken out: the broker replaces it by name. */
export function servicesWith(asset: Asset, name: string | null, spec: ServiceSpec | null): ServiceSpec[] {
  const kept = asset.services.filter((service) => service.name !== name).map(sameSpec);
  return spec === null ? kept : [...kept, spec];
}

/** What the broker refused of one service of the list, by the form's field: `services.2.limits.max_rate` is `max_rate`. */
export function refusedOf<Words>(
  problems: readonly FieldProblem[],
  index: number,
  say: (problem: FieldProblem) => Words,
): Partial<Record<keyof ServiceForm, Words>> {
  const found: Partial<Record<keyof ServiceForm, Words>> = {};
  for (const problem of problems) {
    const [list, at, ...rest] = problem.path.split(".");
    const field = rest.reverse().find((part): part is keyof ServiceForm => part in BLANK);
    if (list === "services" && at === `${index}` && field !== undefined) found[field] ??= say(problem);
  }
  return found;
}
