/** Where a new policy begins: one text for each thing that plants most often write. The broker's library has more to copy. */

const head = (name: string) => `apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: ${name}, description: What it is for}
spec:
`;

export const templates = {
  request: `${head("vendor-maintenance")}  who:  {groups: [vendor-engineers]}
  what: {sites: [north], assets: {labels: {type: plc}}, services: [modbus]}
  when: {timezone: Europe/Berlin, days: [mon, tue, wed, thu, fri], from: "07:00", to: "17:00"}
  login: {mfa: [totp, passkey]}
  access:
    mode: request
    max_duration: 4h
    approvals: [{group: ot-operations}]
    reason: required
  session: {at_expiry: cut, warn: [10m, 1m], idle: 15m}
  allow:
    tiers: [read]
`,
  writing: `${head("vendor-set-points")}  who:  {groups: [vendor-engineers]}
  what: {sites: [north], assets: {labels: {type: plc}}, services: [modbus]}
  login: {mfa: [totp, passkey], max_age: 15m}
  access:
    mode: request
    max_duration: 2h
    approvals: [{group: ot-operations}, {group: it-security}]
    ticket: "CHG-[0-9]{5}"
  session: {at_expiry: grace 5m, warn: [10m, 1m], supervised: true}
  allow:
    tiers: [read]
    units: [1]
    writes: [{table: holding, addresses: "100-119", min: 0, max: 1000}]
`,
  standing: `${head("operators-look")}  who:  {groups: [ot-operations]}
  what: {sites: [north], services: [modbus]}
  access: {mode: standing, max_duration: 8h, valid_until: "2030-01-01T00:00:00+01:00"}
  allow: {tiers: [read]}
`,
  emergency: `${head("emergency")}  who:  {groups: [vendor-engineers]}
  what: {sites: [north]}
  access: {mode: emergency, max_duration: 1h, reason: required, after_review: {group: it-security}}
  session: {at_expiry: hold, warn: [10m, 1m]}
  allow: {tiers: [read, operate]}
`,
  denial: `${head("no-vendors-in-the-shutdown")}  effect: deny
  who:  {kinds: [vendor]}
  what: {sites: [north]}
  when: {freezes: [autumn-shutdown]}
  reason: The plant is shut down
`,
  freeze: `apiVersion: wicketgate/v1
kind: Freeze
metadata: {name: autumn-shutdown}
spec: {from: "2030-10-01T00:00:00+02:00", to: "2030-10-08T06:00:00+02:00", reason: Yearly overhaul}
`,
} as const;

export type Template = keyof typeof templates;
export const TEMPLATES = Object.keys(templates) as Template[];
