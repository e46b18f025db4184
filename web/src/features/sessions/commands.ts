/** The lines that connect a native tool. Pure. */

import type { Session } from "../../api/types";

/** Tools that people have at hand, by protocol; `{host}` and `{port}` are filled in by `wicket`. */
const TOOLS: Readonly<Record<string, string>> = {
  modbus: "mbpoll -1 -p {port} {host}",
  opcua: "uals -u opc.tcp://{host}:{port}",
  ssh: "ssh -p {port} {host}",
  telnet: "telnet {host} {port}",
};

/** Safe in every shell without quotes. */
const PLAIN = /^[A-Za-z0-9@%+=:,./_-]+$/;

/** The line that opens a session; with `grant` on this very one, where several would fit. */
export function connectLine(asset: string, service: string, grant?: string): string {
  const line = `wicket connect ${word(`${asset}/${service}`)}`;
  return grant === undefined ? line : `${line} --grant ${word(grant)}`;
}

/** The same with a tool that starts once the port is open and ends the session with it; null for protocols without one. */
export function toolLine({ asset_name: asset, service_name: service, protocol }: Session): string | null {
  const tool = Object.hasOwn(TOOLS, protocol) ? TOOLS[protocol] : undefined;
  return tool === undefined ? null : `${connectLine(asset, service)} -- ${tool}`;
}

/** How a terminal signs in to this broker. The pages may stand on plain loopback, which `wicket` does not speak. */
export function signInLine({ origin, protocol }: { readonly origin: string; readonly protocol: string }): string {
  return protocol === "https:" ? `wicket --url ${origin} login` : "wicket login";
}

/** A name as one word of a command line, whatever stands in it. */
function word(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
