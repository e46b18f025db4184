// A verifier written from docs/recording-format.md alone, with nothing but WebCrypto: proves that the page says enough.
// node stranger.mjs RECORDING JWKS [CONTENT_KEY_HEX]  ->  {"state", "segments", "fault", "opened"}
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

const { subtle } = webcrypto;
const text = new TextEncoder();
const concat = (...parts) => Buffer.concat(parts);
const sha256 = async (data) => Buffer.from(await subtle.digest("SHA-256", data));
const domain = (name) => text.encode(`wicketgate-recording/1 ${name}\0`);

class Fault extends Error {}
const require_ = (holds, check) => {
  if (!holds) throw new Fault(check);
};

async function thumbprint({ x, y }) {
  const members = JSON.stringify({ crv: "P-256", kty: "EC", x, y });
  return (await sha256(text.encode(members))).toString("base64url");
}

async function signed(key, signature, message) {
  return subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
}

function block(data, offset, magic) {
  require_(data.subarray(offset, offset + magic.length).equals(magic), "format");
  const head = offset + magic.length + 4;
  const length = data.readUInt32BE(head - 4);
  require_(length <= 65536 && head + length + 64 <= data.length, "format");
  const end = head + length + 64;
  return {
    body: data.subarray(offset, head + length),
    signature: data.subarray(head + length, end),
    manifest: JSON.parse(data.subarray(head, head + length).toString("utf8")),
    end,
  };
}

const file = readFileSync(process.argv[2]);
const jwks = JSON.parse(readFileSync(process.argv[3]));
const contentKey = process.argv[4] ? Buffer.from(process.argv[4], "hex") : null;
let segments = 0;
let opened = 0;

async function verify() {
  const opening = block(file, 0, Buffer.from("WGREC1\r\n"));
  const byThumbprint = new Map();
  for (const jwk of jwks.keys) byThumbprint.set(await thumbprint(jwk), jwk);
  const jwk = byThumbprint.get(opening.manifest.signer);
  require_(jwk, "signer");
  const { kty, crv, x, y } = jwk;
  const key = await subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  require_(await signed(key, opening.signature, concat(domain("opening"), opening.body)), "signature");
  const openingDigest = await sha256(file.subarray(0, opening.end));
  const aes = contentKey && (await subtle.importKey("raw", contentKey, "AES-GCM", false, ["decrypt"]));

  let offset = opening.end;
  let link = openingDigest;
  let lastNs = 0n;
  const index = [];
  for (;;) {
    const magic = file.subarray(offset, offset + 4).toString("latin1");
    if (magic === "WEND") break;
    if (file.length - offset < 136) return "open";
    const header = file.subarray(offset, offset + 136);
    require_((await sha256(header.subarray(0, 128))).subarray(0, 8).equals(header.subarray(128)), "format");
    require_(magic === "WSEG" && header.readUInt32BE(12) <= 4194304 && header.readUInt32BE(16) <= 4194320, "format");
    require_(header.subarray(80, 96).equals(openingDigest.subarray(0, 16)), "recording");
    require_(header.readUInt32BE(8) === segments, "order");
    require_(header.subarray(96, 128).equals(link), "chain");
    const [firstNs, untilNs] = [header.readBigUInt64BE(48), header.readBigUInt64BE(56)];
    require_(lastNs <= firstNs && firstNs <= untilNs, "time");
    const bodyEnd = offset + 136 + header.readUInt32BE(16);
    if (bodyEnd + 64 > file.length) return "open";
    const digest = await sha256(file.subarray(offset, bodyEnd));
    require_(await signed(key, file.subarray(bodyEnd, bodyEnd + 64), concat(domain("segment"), digest)), "signature");
    if (aes) {
      const iv = Buffer.alloc(12);
      iv.writeUInt32BE(segments, 8);
      const sealed = file.subarray(offset + 136, bodyEnd);
      const plain = await subtle.decrypt({ name: "AES-GCM", iv, additionalData: header }, aes, sealed);
      if (header[4] === 0) require_(plain.byteLength === header.readUInt32BE(12), "content");
      opened += 1;
    }
    const entry = Buffer.alloc(36);
    entry.writeBigUInt64BE(BigInt(offset), 0);
    header.copy(entry, 8, 48, 64);
    header.copy(entry, 24, 24, 36);
    index.push(entry);
    link = await sha256(file.subarray(offset, bodyEnd + 64));
    [lastNs, segments, offset] = [untilNs, segments + 1, bodyEnd + 64];
  }
  const closing = block(file, offset, Buffer.from("WEND"));
  require_(await signed(key, closing.signature, concat(domain("closing"), closing.body)), "signature");
  require_(closing.manifest.opening === openingDigest.toString("hex"), "recording");
  require_(closing.manifest.segments === segments, "order");
  require_(closing.manifest.last_link === link.toString("hex"), "chain");
  const stored = file.subarray(closing.end, closing.end + 36 * segments);
  require_(stored.equals(concat(...index)), "index");
  require_((await sha256(stored)).toString("hex") === closing.manifest.index_sha256, "index");
  const trailer = Buffer.alloc(16);
  trailer.writeBigUInt64BE(BigInt(offset), 0);
  trailer.write("\r\nWGREC1", 8, "latin1");
  require_(file.subarray(closing.end + 36 * segments).equals(trailer), "trailer");
  return "whole";
}

let state = "broken";
let fault = null;
try {
  state = await verify();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  fault = error.message;
}
console.log(JSON.stringify({ state, segments, fault, opened }));
