import { describe, expect, test } from "vitest";

import { BLANK as ASSET, changeOf, faultsOf as assetFaults } from "../src/features/inventory/asset";
import {
  BLANK,
  faultsOf,
  fieldsOf,
  formOf,
  portOf,
  refusedOf,
  servicesWith,
  specOf,
  withProtocol,
} from "../src/features/inventory/service";
import { foreseen } from "../src/features/inventory/preview";
import { readLabels, readNumbers, rebased, writeLabels, writeNumbers } from "../src/features/inventory/typed";
import type { Asset, Service } from "../src/api/types";

const LOGIX: Service = {
  id: "svc_1",
  name: "logix",
  protocol: "enip",
  host: "10.0.0.6",
  port: 44818,
  guarded: true,
  units: null,
  own_units: null,
  routes: ["1/0", "1/2"],
  identity: {
    enip: {
      vendor: 1,
      device_type: 14,
      product_code: 54,
      major: 20,
      minor: 11,
      serial_number: 7,
      product_name: "L61",
      status: 48,
      state: 3,
    },
    bacnet: null,
  },
  limits: { max_streams: 2, max_rate: 5, idle_seconds: null, device_timeout_seconds: 30 },
};
const MODBUS: Service = { ...LOGIX, id: "svc_2", name: "modbus", protocol: "modbus", routes: null, identity: null };
const PLC = { id: "ast_1", services: [LOGIX, { ...MODBUS, units: [1, 2], own_units: null }] } as unknown as Asset;

describe("lists as they are typed", () => {
  test("spans of numbers are read and written", () => {
    expect(readNumbers("1, 2,5-8")).toEqual([1, 2, 5, 6, 7, 8]);
    expect(writeNumbers([8, 1, 2, 5, 6, 7])).toBe("1, 2, 5-8");
    expect(readNumbers(" ")).toBe("none");
    expect(writeNumbers(null)).toBe("");
  });
  test.each(["one", "1;2", "8-5", "1-4000000000", "-1", "1.5"])("%s is no list of numbers", (text) => {
    expect(readNumbers(text)).toBeNull();
  });
  test("labels stand one on each line, and each name once", () => {
    const labels = { firmware: "1e3", type: "plc" };
    expect(readLabels(writeLabels(labels))).toEqual(labels);
    expect(readLabels("a=b=c\n\n")).toEqual({ a: "b=c" });
    for (const text of ["plc", "Type=plc", "a=1\na=2", "a="]) expect(readLabels(text)).toBeNull();
  });
});

test("what was typed stands over what somebody else saved, and nothing else of it does", () => {
  const before = { zone: "a", name: "plc-1", labels: "" };
  expect(rebased({ ...before, zone: "mine" }, before, { ...before, zone: "theirs", labels: "x=y" })).toEqual({
    zone: "mine",
    name: "plc-1",
    labels: "x=y",
  });
});

describe("a service", () => {
  test("is sent again as it was read", () => {
    expect(specOf(formOf(LOGIX))).toEqual({
      name: "logix",
      protocol: "enip",
      host: "10.0.0.6",
      port: 44818,
      units: null,
      routes: ["1/0", "1/2"],
      identity: { enip: LOGIX.identity?.enip },
      limits: LOGIX.limits,
    });
  });
  test("that is not touched keeps its own fence, not the one that the asset lends it", () => {
    expect(servicesWith(PLC, "logix", null)).toEqual([expect.objectContaining({ name: "modbus", units: null })]);
  });
  test("that is changed stands last, where its refusals are looked for", () => {
    const services = servicesWith(PLC, "logix", specOf({ ...formOf(LOGIX), max_rate: 9 }));
    expect(services.map(({ name }) => name)).toEqual(["modbus", "logix"]);
    const problems = [
      { path: "services.1.limits.max_rate", message: "too fast" },
      { path: "services.1.identity.enip.vendor", message: "too high" },
      { path: "services.0.host", message: "of another" },
      { path: "services.1", message: "of no field" },
    ];
    expect(refusedOf(problems, 1, ({ message }) => message)).toEqual({ max_rate: "too fast", vendor: "too high" });
  });
  test("has the fields of its protocol", () => {
    expect(fieldsOf("modbus")).toEqual({ hasUnits: true, route: null, isSerial: false, identity: null });
    expect(fieldsOf("enip").route?.example).toBe("1/0");
    expect(fieldsOf("modbus-rtu").isSerial).toBe(true);
    expect(fieldsOf("ssh")).toEqual({ hasUnits: false, route: null, isSerial: false, identity: null });
    expect([portOf("s7"), portOf("ssh"), portOf("tcp"), portOf("constructor")]).toEqual([102, 22, "", ""]);
  });
  test("takes port and name of another protocol unless they were typed", () => {
    const form = withProtocol({ ...BLANK, host: "10.0.0.5" }, "s7", true);
    expect([form.port, form.name, form.host]).toEqual([102, "s7", "10.0.0.5"]);
    expect(withProtocol({ ...BLANK, name: "modbus" }, "s7", true).name).toBe("s7");
    expect(withProtocol({ ...BLANK, name: "modbus" }, "s7", false).name).toBe("modbus");
    expect(withProtocol({ ...BLANK, port: 1502 }, "s7", true).port).toBe(1502);
    expect(withProtocol({ ...BLANK, host: "10.0.0.5" }, "modbus-rtu", true).host).toBe("");
  });
  test.each([
    [{ name: "" }, "name", "needed"],
    [{ name: "Modbus" }, "name", "name_form"],
    [{ name: "other" }, "name", "name_twice"],
    [{ host: "10.0.0.5/24" }, "host", "host_form"],
    [{ host: "10.0.0.5", protocol: "modbus-rtu" }, "host", "serial_form"],
    [{ units: "a" }, "units", "numbers_form"],
    [{ port: "" as const }, "port", "needed"],
    [{ protocol: "bacnet", isTold: true, vendor: 1 }, "instance", "needed"],
    [{ max_rate: NaN }, "max_rate", "number_form"],
    [{ max_rate: 0 }, "max_rate", "rate_form"],
    [{ idle_seconds: Infinity }, "idle_seconds", "number_form"],
    [{ port: NaN }, "port", "number_form"],
  ])("%o is not right yet", (part, field, fault) => {
    const form = { ...BLANK, name: "modbus", host: "10.0.0.5", ...part };
    expect(faultsOf(form, ["other"])).toEqual({ [field]: fault });
  });
});

describe("an asset", () => {
  test("sends only what is different", () => {
    const before = { ...ASSET, site: "sit_1", name: "plc-1", units: "1" };
    expect(changeOf(before, before)).toEqual({});
    expect(changeOf({ ...before, units: "", labels: "type=plc" }, before)).toEqual({
      units: null,
      labels: { type: "plc" },
    });
  });
  test("needs a name and a site", () => {
    expect(assetFaults(ASSET)).toEqual({ site: "needed", name: "needed" });
    expect(assetFaults({ ...ASSET, site: "sit_1", name: "plc-1" })).toEqual({});
  });
});

describe("what a change would do", () => {
  const change = '{"zone":"a"}';
  test("is known where nothing is changed", () => {
    expect(foreseen("null", change, { data: 1, error: null })).toEqual({
      data: undefined,
      isCurrent: true,
      error: null,
    });
  });
  test("is not known by the answer to an earlier change, nor while none has come", () => {
    const unknown = { data: undefined, isCurrent: false, error: null };
    expect(foreseen(change, "null", { data: undefined, error: null })).toEqual(unknown);
    expect(foreseen(change, '{"zone":"b"}', { data: 1, error: null })).toEqual(unknown);
    expect(foreseen(change, change, { data: undefined, error: null })).toEqual(unknown);
  });
  test("is known by its own answer", () => {
    expect(foreseen(change, change, { data: 1, error: null })).toEqual({ data: 1, isCurrent: true, error: null });
  });
  test("is not known where the asking failed, whatever was known before", () => {
    const error = new Error("no way to the broker");
    expect(foreseen(change, change, { data: 1, error })).toEqual({ data: undefined, isCurrent: false, error });
  });
});
