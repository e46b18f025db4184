/** Settings in their sections: `server.port` belongs to `server`. Pure. */

import type { Setting } from "./data";

export interface Section {
  /** "" for settings that stand alone. */
  readonly name: string;
  readonly settings: readonly Setting[];
}

/** The settings that a text is in, by section, in the broker's order. */
export function sectionsOf(settings: readonly Setting[], text: string, changedOnly: boolean): Section[] {
  const wanted = text.toLowerCase();
  const found = new Map<string, Setting[]>();
  for (const setting of settings) {
    const fits = [setting.name, setting.meaning, setting.value].some((each) => each.toLowerCase().includes(wanted));
    if (!fits || (changedOnly && setting.origin === "default")) continue;
    const name = setting.name.includes(".") ? (setting.name.split(".", 1)[0] ?? "") : "";
    found.set(name, [...(found.get(name) ?? []), setting]);
  }
  return [...found].map(([name, members]) => ({ name, settings: members }));
}
