import { describe, expect, test } from "vitest";

import {
  fromWallClock,
  toWallClock,
  isSameWallClock,
  writeBytes,
  writeCountdown,
  writeDuration,
  writeMoment,
  writeRelative,
  writeSeconds,
  zoneName,
} from "../src/i18n/times";

const NOON = new Date("2026-11-25T12:00:00Z");

describe("a moment", () => {
  test("is written by the site's clock, not the viewer's", () => {
    expect(writeMoment(NOON, "time", "de", "Europe/Berlin")).toBe("13:00");
    expect(writeMoment(NOON, "time", "en", "America/New_York")).toBe("07:00");
  });
  test("has a day in the words of the language", () => {
    expect(writeMoment(NOON, "moment", "en", "UTC")).toBe("25 Nov 2026, 12:00");
    expect(writeMoment(NOON, "moment", "de", "UTC")).toBe("25. Nov. 2026, 12:00");
  });
  test("midnight is the beginning of a day, not its 24th hour", () => {
    expect(writeMoment(new Date("2026-11-25T00:00:00Z"), "time", "en", "UTC")).toBe("00:00");
  });
  test("two zones show one time only while their clocks agree", () => {
    expect(isSameWallClock(NOON, "Europe/Berlin", "Europe/Vienna")).toBe(true);
    expect(isSameWallClock(NOON, "Europe/Berlin", "Europe/London")).toBe(false);
  });
  test("a zone is called by its city", () => {
    expect(zoneName("America/New_York")).toBe("New York");
  });
});

describe("what must be fast", () => {
  test.each([
    [0, "under 0.1 s", "unter 0,1 s"],
    [0.0999, "under 0.1 s", "unter 0,1 s"],
    [0.1, "0.1 s", "0,1 s"],
    [1.26, "1.3 s", "1,3 s"],
  ])("took %d seconds", (seconds, english, german) => {
    expect([writeSeconds(seconds, "en"), writeSeconds(seconds, "de")]).toEqual([english, german]);
  });
});

describe("a length of time", () => {
  test.each([
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [3600, "1 h"],
    [5400, "1 h 30 min"],
    [3605, "1 h"],
    [90_000, "1 d 1 h"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(writeDuration(seconds, "en")).toBe(text);
  });
  test.each([
    [0, "00:00"],
    [0.2, "00:01"],
    [61, "01:01"],
    [7200, "2:00:00"],
  ])("%d seconds count down as %s", (seconds, text) => {
    expect(writeCountdown(seconds)).toBe(text);
  });
  test("is told from now", () => {
    const now = NOON.getTime();
    expect(writeRelative(new Date(now - 5 * 60_000), now, "en")).toBe("5 min ago");
    expect(writeRelative(new Date(now + 2 * 3_600_000), now, "de")).toBe("in 2 Std.");
  });
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 KB"],
  [1_450_000, "1.5 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(writeBytes(bytes, "en")).toBe(text);
});

describe("a time typed by a zone's clock", () => {
  test.each([
    ["2026-07-01T08:00", "Europe/Berlin", "2026-07-01T06:00:00.000Z"],
    ["2026-12-01T08:00", "America/Chicago", "2026-12-01T14:00:00.000Z"],
    ["2026-12-01T00:00", "Asia/Kolkata", "2026-11-30T18:30:00.000Z"],
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"], // happens twice: the first
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"], // never happens: the clock that just went on
  ])("%s in %s", (text, zone, expected) => {
    expect(fromWallClock(text, zone)?.toISOString()).toBe(expected);
  });
  test("is shown again as it was typed", () => {
    const zone = "Australia/Lord_Howe";
    expect(toWallClock(fromWallClock("2026-11-25T13:45", zone) ?? NOON, zone)).toBe("2026-11-25T13:45");
  });
  test.each(["", "tomorrow", "2026-13-45T99:99"])("%j is none", (text) => {
    expect(fromWallClock(text, "UTC")).toBeNull();
  });
});
