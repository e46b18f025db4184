import { afterEach, describe, expect, test, vi } from "vitest";

import { obtainProof, setIntervene } from "../src/api/interventions";
import { readFrame } from "../src/api/frames";
import { reconnectDelay } from "../src/api/live";
import { ApiError, readProblem, type ProblemCode } from "../src/api/problems";
import { makeQueryClient } from "../src/api/queries";
import { concernedBy } from "../src/api/topics";
import { byField, withoutFields } from "../src/ui/fieldProblems";

const problem = (body: object, status = 422) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });

describe("a refusal", () => {
  test("keeps code, words, fields and the id to report", async () => {
    const error = await readProblem(
      problem({
        code: "invalid_input",
        title: "Invalid input",
        hint: "See 'errors'.",
        request_id: "req_1",
        errors: [{ in: "body", path: "duration", message: "too long" }, "nonsense"],
      }),
    );
    expect([error.code, error.title, error.hint, error.requestId]).toEqual([
      "invalid_input",
      "Invalid input",
      "See 'errors'.",
      "req_1",
    ]);
    expect(error.fields.map(({ path, message }) => [path, message])).toEqual([["duration", "too long"]]);
  });
  test.each([
    ["a page of a proxy", new Response("<h1>502</h1>", { status: 502, headers: { "Content-Type": "text/html" } })],
    ["broken JSON", new Response("{", { status: 500, headers: { "Content-Type": "application/problem+json" } })],
    ["a problem without a code", problem({ title: "?" })],
  ])("%s is not the broker's", async (_, response) => {
    expect((await readProblem(response)).code).toBe("not_ours");
  });
  test("stands beside the field that it means, and elsewhere where the form has no such field", () => {
    const fields = [
      { path: "tiers.0", message: "unknown" },
      { path: "tiers.1", message: "unknown too" },
      { path: "asset", message: "?" },
    ];
    expect(byField(fields, { tiers: [], reason: "" }, ({ message }) => message)).toEqual({ tiers: "unknown" });
  });
  test("is told above the button unless its fields tell all of it", () => {
    const refusal = new ApiError("invalid_input", { errors: [{ path: "tiers.0", message: "unknown" }] });
    expect(withoutFields(refusal, { tiers: [] })).toBeNull();
    expect(withoutFields(refusal, { reason: "" })).toBe(refusal);
    expect(withoutFields(new ApiError("denied"), { tiers: [] })).not.toBeNull();
  });
});

describe("reads are tried again", () => {
  const retry = makeQueryClient().getDefaultOptions().queries?.retry as (failures: number, error: Error) => boolean;
  test.each<[ProblemCode, number, boolean]>([
    ["unreachable", 0, true],
    ["unavailable", 503, true],
    ["too_many_requests", 429, true],
    ["not_found", 404, false],
    ["internal", 500, false],
  ])("after %s (%d): %s", (code, status, expected) => {
    expect(retry(0, new ApiError(code, { status }))).toBe(expected);
  });
  test("but not for ever, and never what changes something", () => {
    expect(retry(9, new ApiError("unreachable"))).toBe(false);
    expect(makeQueryClient().getDefaultOptions().mutations?.retry).toBe(false);
  });
});

describe("a missing proof", () => {
  afterEach(() => {
    setIntervene(null);
  });
  test("is asked for once, however many calls lack it", async () => {
    const intervene = vi.fn(() => Promise.resolve(true));
    setIntervene(intervene);
    const refusal = new ApiError("unauthenticated", { status: 401 });
    expect(await Promise.all([obtainProof(refusal), obtainProof(refusal)])).toEqual([true, true]);
    expect(intervene).toHaveBeenCalledTimes(1);
    expect(await obtainProof(refusal)).toBe(true);
    expect(intervene).toHaveBeenCalledTimes(2);
  });
  test("is the second factor where the broker says so", async () => {
    const intervene = vi.fn(() => Promise.resolve(false));
    setIntervene(intervene);
    expect(await obtainProof(new ApiError("mfa_required", { status: 403 }))).toBe(false);
    expect(intervene).toHaveBeenCalledWith("step-up", expect.anything());
  });
  test.each<ProblemCode>(["login_failed", "forbidden", "otp_rejected"])("is not what %s means", async (code) => {
    setIntervene(() => Promise.reject(new Error("nobody should be asked")));
    expect(await obtainProof(new ApiError(code))).toBe(false);
  });
  test("is refused where nobody can show a dialog", async () => {
    expect(await obtainProof(new ApiError("unauthenticated"))).toBe(false);
  });
});

describe("live events", () => {
  test("the wait before another try grows to a bound, and is spread", () => {
    expect([0, 1, 2].map((tries) => reconnectDelay(tries, 1))).toEqual([500, 1000, 2000]);
    expect(reconnectDelay(0, 0)).toBe(250);
    expect(reconnectDelay(40, 1)).toBe(15_000);
  });
  test.each([
    ['{"kind":"hello","epoch":"e","seq":4}', "hello"],
    ['{"kind":"changed","seq":5,"topic":"request.changed","ids":{}}', "changed"],
    ['{"kind":"operations","session":"ses_1","items":[],"dropped":0}', "operations"],
  ])("%s is understood", (text, kind) => {
    expect(readFrame(text)?.kind).toBe(kind);
  });
  test.each([
    "",
    "null",
    "[]",
    '{"kind":"toString"}',
    '{"kind":"later","seq":1}',
    '{"kind":"hello","epoch":"e"}',
    '{"kind":"changed","seq":5,"topic":"t","ids":null}',
  ])("%j is left alone", (text) => {
    expect(readFrame(text)).toBeNull();
  });
  test("bytes are left alone", () => {
    expect(readFrame(new ArrayBuffer(1))).toBeNull();
  });
  test("a topic concerns what pages show of it", () => {
    expect(concernedBy("request.decided")).toContain("requests");
    expect(concernedBy("session.opened")).toContain("overview");
    expect(concernedBy("constructor")).toEqual([]);
    expect(concernedBy("something.new")).toEqual([]);
  });
});
