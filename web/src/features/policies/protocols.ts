/** What the parts of an operation are called in each protocol. Pure. */

import known from "../../api/protocols.json";

export interface ProtocolWords {
  /** As policies write them; `<N>` stands for a number: "db<N>". */
  readonly tables: readonly string[];
  /** What a number that is a sub-address is called; null where there is none. */
  readonly unit: string | null;
  readonly route: { readonly words: string; readonly example: string } | null;
  /** Such as "ns=2;s=Pump1"; "" where objects have no names. */
  readonly name: string;
  /** Its usual objects have names and no numbers. */
  readonly isNamed: boolean;
}

const PROTOCOLS: Readonly<Record<string, (typeof known)[keyof typeof known]>> = known;
const ALL_TABLES = [...new Set(Object.values(PROTOCOLS).flatMap(({ tables }) => tables))];

/** The words of a protocol; of one that is not known, everything that there is. */
export function wordsOf(protocol: string | null): ProtocolWords {
  const words = protocol !== null && Object.hasOwn(PROTOCOLS, protocol) ? PROTOCOLS[protocol] : undefined;
  if (words === undefined) {
    return { tables: ALL_TABLES, unit: "unit id", route: { words: "", example: "" }, name: "", isNamed: false };
  }
  return {
    tables: words.tables,
    unit: words.unit,
    route: words.route,
    name: words.name ?? "",
    isNamed: words.is_named,
  };
}

/** Every table of every protocol. */
export const tables: readonly string[] = ALL_TABLES;
