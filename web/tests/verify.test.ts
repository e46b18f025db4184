import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { Read } from "../src/features/recordings/verify/bytes";
import type { Fault } from "../src/features/recordings/verify/faults";
import { readKeys, thumbprint } from "../src/features/recordings/verify/keys";
import { prove, type Proof } from "../src/features/recordings/verify/proof";

const STEP = 11;
// Written by the broker's own writer, judged by its own verifier (tests/integration/recording/web_cases.py).
const folder = process.env.WICKET_RECORDINGS ?? "tests/recordings";

interface Verdict {
  state: Proof["state"];
  segments: number;
  verified: number;
  torn: number;
  link: string;
  counts: [number, number, number];
  fault: [Fault["place"], Fault["check"], number, number | null] | null;
}
interface Cases {
  keys: { x: string; y: string }[];
  starts: number[];
  cases: { name: string; edits: [number, number, string][]; closed: boolean; verdict: Verdict }[];
}

const whole = new Uint8Array(readFileSync(`${folder}/whole.wgrec`));
const { keys: jwks, starts, cases } = JSON.parse(readFileSync(`${folder}/cases.json`, "utf8")) as Cases;
const keys = await readKeys(jwks);

const reading =
  (data: Uint8Array): Read =>
  (offset, length) =>
    Promise.resolve(data.slice(offset, offset + length));

function edited(edits: [number, number, string][]): Uint8Array {
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const [offset, gone, come] of edits) {
    parts.push(whole.subarray(done, offset), Buffer.from(come, "base64"));
    done = offset + gone;
  }
  return Buffer.concat([...parts, whole.subarray(done)]);
}

function verdictOf(proof: Proof): Verdict {
  const { operations, writes, denials } = proof.totals;
  const { fault } = proof;
  return {
    state: proof.state,
    segments: proof.segments,
    verified: proof.verifiedBytes,
    torn: proof.tornBytes,
    link: proof.lastLink,
    counts: [operations, writes, denials],
    fault: fault && [fault.place, fault.check, fault.offset, fault.segment],
  };
}

describe("the proof", () => {
  test.each(cases)("of a recording that is $name is the broker's own", async ({ edits, closed, verdict }) => {
    const data = edited(edits);
    const proof = await prove(reading(data), data.length, keys, { expectClosed: closed });
    expect(verdictOf(proof)).toEqual(verdict);
  });

  test("finds a changed bit anywhere, and names its place", async () => {
    for (let offset = 0; offset < whole.length; offset += STEP) {
      const data = whole.slice();
      data[offset] = (data[offset] ?? 0) ^ (1 << (offset % 8));
      const { state, fault } = await prove(reading(data), data.length, keys);
      expect([offset, state, fault?.place, fault?.segment]).toEqual([offset, "broken", ...placeOf(offset)]);
    }
  }, 60_000);

  test("makes the index that the recording ends in", async () => {
    const { index } = await prove(reading(whole), whole.length, keys);
    expect(index).toEqual(whole.slice(whole.length - 16 - index.length, whole.length - 16));
  });

  test("of nothing but strangers' keys says that the signer is unknown", async () => {
    const { fault } = await prove(reading(whole), whole.length, await readKeys(jwks.slice(0, 1)));
    expect(fault).toMatchObject({ place: "opening", check: "signer" });
  });

  test("takes no key's own word for its name", async () => {
    const [stranger, signer] = jwks;
    const named = { ...stranger, kid: await thumbprint(signer ?? { x: "", y: "" }) };
    const { fault } = await prove(reading(whole), whole.length, await readKeys([named]));
    expect(fault?.check).toBe("signer");
  });

  test("leaves a failing network to whoever reads", async () => {
    const away = new Error("away");
    const read: Read = (offset, length) =>
      offset > 0 && length > 16 ? Promise.reject(away) : reading(whole)(offset, length);
    await expect(prove(read, whole.length, keys)).rejects.toBe(away);
  });
});

function placeOf(offset: number): [Fault["place"], number | null] {
  const segment = starts.findIndex((start, number) => start <= offset && offset < (starts[number + 1] ?? start));
  if (segment >= 0) return ["segment", segment];
  return [offset < (starts[0] ?? 0) ? "opening" : "closing", null];
}
