/** What each protocol calls the number that stands for a device behind a service. Pure. */

import type { unitTexts } from "./words";

type UnitKey = keyof (typeof unitTexts)["en"];

const UNITS: Readonly<Record<string, UnitKey>> = {
  dnp3: "outstation",
  iec104: "common_address",
  bacnet: "network",
};

/** The text for the units of a protocol. */
export function unitOf(protocol: string): UnitKey {
  return (Object.hasOwn(UNITS, protocol) ? UNITS[protocol] : undefined) ?? "unit";
}
