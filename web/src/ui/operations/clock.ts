/** The time of day of an operation, to the millisecond. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** "12:04:31.204" by a zone's clock. */
export function writeClock(at: string, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hourCycle: "h23",
      timeZone: zone,
    });
    formats.set(zone, format);
  }
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? at : format.format(moment);
}
