// Puts a compressed copy (.br, .gz) beside each text of a build that becomes smaller by it: node compress.mjs FOLDER
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXTS = /\.(css|js|json|svg|webmanifest)$/;
const LEAST_BYTES = 1024;

const folder = process.argv[2];
for (const name of readdirSync(folder, { recursive: true })) {
  const file = join(folder, name);
  if (!TEXTS.test(name) || statSync(file).size < LEAST_BYTES) continue;
  const text = readFileSync(file);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const [ending, made] of [[".br", brotliCompressSync(text, quality)], [".gz", gzipSync(text, { level: 9 })]]) {
    if (made.length < text.length * 0.9) writeFileSync(file + ending, made);
  }
}
