/** Whether a ticket has the form that a policy wants; a pattern that browsers read otherwise is left to the broker. */
export function fitsPattern(ticket: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(ticket);
  } catch {
    return true;
  }
}
