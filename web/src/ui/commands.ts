/** The lines that connect a native tool. Pure. */

import type { Grant, Session } from "../api/types";

/** Tools that people have at hand, by protocol; `{host}` and `{port}` are filled in by `wicket`. */
const TOOLS: Readonly<Record<string, string>> = {
  modbus: "mbpoll -1 -p {port} {host}",
  "modbus-rtu": "mbpoll -1 -p {port} {host}",
  s7: `python3 -c "import snap7; c = snap7.client.Client(); c.connect('{host}', 0, 1, {port}); print(c.get_cpu_info())"`,
  enip: "python3 -m cpppo.server.enip.client --list-identity -a {host}:{port}",
  slmp: `python3 -c "import pymcprotocol as m; c = m.Type3E(); c.connect('{host}', {port}); print(c.read_cputype())"`,
  opcua: "uals -u opc.tcp://{host}:{port}",
  ssh: "ssh -p {port} {host}",
  telnet: "telnet {host} {port}",
};

/** Safe in every shell without quotes. */
const PLAIN = /^[A-Za-z0-9@%+=:,./_-]+$/;

type Attached = Pick<Session, "asset_name" | "service_name" | "grant">;

/** What a line needs to know of a grant. */
export type Opening = Pick<Grant, "id" | "service" | "asset_name" | "service_name">;

/** The line that opens a session; with `grant` on this very one. Without it the broker takes any that fits. */
export function connectLine(asset: string, service: string, grant?: string): string {
  const line = `wicket connect ${word(`${asset}/${service}`)}`;
  return grant === undefined ? line : `${line} --grant ${word(grant)}`;
}

/** The line for one of the grants that a person holds: it names the grant where another one opens the same service. */
export function lineAmong(grant: Opening, held: readonly Opening[]): string {
  const isOneOfSeveral = held.some(({ id, service }) => id !== grant.id && service === grant.service);
  return connectLine(grant.asset_name, grant.service_name, isOneOfSeveral ? grant.id : undefined);
}

/** The line that comes back to a session: on its own grant, whatever else its user holds. */
export function sessionLine({ asset_name: asset, service_name: service, grant }: Attached): string {
  return connectLine(asset, service, grant);
}

/** The same with a tool that starts once the port is open and ends the session with it; null for protocols without one. */
export function toolLine(session: Attached & Pick<Session, "protocol">): string | null {
  const { protocol } = session;
  const tool = Object.hasOwn(TOOLS, protocol) ? TOOLS[protocol] : undefined;
  return tool === undefined ? null : `${sessionLine(session)} -- ${tool}`;
}

/** How a terminal signs in to this broker. The pages may stand on plain loopback, which `wicket` does not speak. */
export function signInLine({ origin, protocol }: { readonly origin: string; readonly protocol: string }): string {
  return protocol === "https:" ? `wicket --url ${origin} login` : "wicket login";
}

/** A name as one word of a command line, whatever stands in it. */
function word(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
