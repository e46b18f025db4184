/**
 * The keyboard while dialogs are open: Escape closes the uppermost one, Tab stays in it, and after it the focus is where it was.
 * Mantine knows all this of dialogs that stay mounted when closed, and of stacks that know each other.
 */

import { useEffect, useEffectEvent, useState } from "react";

/** The open dialogs, the uppermost last. */
const open: object[] = [];

/** To be called by a dialog that is rendered while it is open; without `close` it cannot be left by Escape. */
export function useDialogKeys(close: (() => void) | undefined): void {
  const [opener] = useState(findOpener);
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === "Tab") bringBack();
    if (event.key === "Escape" && !isOfSomethingOpen(event)) close?.();
  });
  useEffect(() => {
    const self = {};
    const hear = (event: KeyboardEvent) => {
      if (open.at(-1) === self) press(event);
    };
    open.push(self);
    window.addEventListener("keydown", hear, { capture: true });
    return () => {
      open.splice(open.indexOf(self), 1);
      window.removeEventListener("keydown", hear, { capture: true });
      giveBack(opener);
    };
  }, [opener]);
}

/** What has the focus now; of a menu's item, which goes with its menu, the button of the menu. */
function findOpener(): HTMLElement | null {
  const focused = document.activeElement;
  const button = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  if (button) return document.getElementById(button);
  return focused instanceof HTMLElement ? focused : null;
}

/** The focus falls out of a dialog when what had it is taken away or can no longer be pressed. */
function bringBack(): void {
  if (document.activeElement === document.body) uppermost()?.focus();
}

function uppermost(): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>("[role=dialog]")].at(-1);
}

/** A list that is open, or a word that is being composed, takes Escape for itself. */
function isOfSomethingOpen({ target, isComposing }: KeyboardEvent): boolean {
  return isComposing || (target instanceof Element && target.getAttribute("data-mantine-stop-propagation") === "true");
}

/**
 * To the opener; where that is gone or cannot be pressed, to the dialog below or the beginning of the page. Whatever has taken the
 * focus meanwhile keeps it.
 */
function giveBack(opener: HTMLElement | null): void {
  for (const next of [opener, uppermost(), document.getElementById("content")]) {
    if (document.activeElement === document.body) next?.focus({ preventScroll: true });
  }
}
