/** Notices of the browser, for whoever asks for them on this device. Nobody else is ever asked about them. */

const STORED_AS = "wicketgate.notices";
/** Of several windows of these pages the last one speaks, instead of each. */
const TAG = "wicketgate";

/** Whether the browser has such a thing at all. */
export function canNotify(): boolean {
  return typeof Notification !== "undefined";
}

/** Whether somebody wants notices here, and the browser still lets these pages give them. */
export function isNotifying(): boolean {
  return canNotify() && Notification.permission === "granted" && localStorage.getItem(STORED_AS) === "yes";
}

/** Ask the browser's own question, and remember the wish where it said yes; tell whether notices will come. */
export async function beginNotifying(): Promise<boolean> {
  if (canNotify() && (await Notification.requestPermission()) === "granted") localStorage.setItem(STORED_AS, "yes");
  return isNotifying();
}

export function endNotifying(): void {
  localStorage.removeItem(STORED_AS);
}

/** Give a notice, if that is wanted; `open` is called when somebody presses it. Anybody near the screen may read it. */
export function notify(title: string, body: string, open: () => void): Notification | null {
  if (!isNotifying()) return null;
  try {
    const notice = new Notification(title, { body, tag: TAG });
    notice.onclick = () => {
      window.focus();
      notice.close();
      open();
    };
    return notice;
  } catch {
    // Some telephones give notices only to installed programs.
    return null;
  }
}
