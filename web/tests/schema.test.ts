import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { DESCRIPTION, TYPES, typesOf } from "../tools/api.mjs";

test("the types are those of the description that is kept here (npm run api)", async () => {
  expect(await typesOf(readFileSync(DESCRIPTION, "utf8"))).toBe(readFileSync(TYPES, "utf8"));
});
