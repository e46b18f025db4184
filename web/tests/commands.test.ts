import { expect, test } from "vitest";

import { connectLine, lineAmong, sessionLine, toolLine } from "../src/ui/commands";

const OLD = { id: "gr_old", service: "srv_1", asset_name: "plant/plc", service_name: "modbus" };
const NEW = { ...OLD, id: "gr_new" };
const ELSEWHERE = { ...OLD, id: "gr_else", service: "srv_2", service_name: "ssh" };

test("a line names the grant exactly where another one opens the same service", () => {
  expect(lineAmong(NEW, [OLD, NEW])).toBe("wicket connect plant/plc/modbus --grant gr_new");
  expect(lineAmong(OLD, [OLD, NEW])).toBe("wicket connect plant/plc/modbus --grant gr_old");
  expect(lineAmong(NEW, [NEW, ELSEWHERE])).toBe("wicket connect plant/plc/modbus");
});

test("a session is come back to on its own grant, with a tool too", () => {
  const session = { asset_name: "plant/plc", service_name: "modbus", grant: "gr_new", protocol: "modbus" };
  expect(sessionLine(session)).toBe("wicket connect plant/plc/modbus --grant gr_new");
  expect(toolLine(session)).toBe("wicket connect plant/plc/modbus --grant gr_new -- mbpoll -1 -p {port} {host}");
  expect(toolLine({ ...session, protocol: "constructor" })).toBeNull();
});

test("a name is one word of the line, whatever stands in it", () => {
  expect(connectLine("plant/plc", "it's; here", "gr_new")).toBe(
    "wicket connect 'plant/plc/it'\\''s; here' --grant gr_new",
  );
});
