// What a browser loads before it shows the first page, against what we promise: part of every build.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT = 190_000;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const ENTRY = "index.html";
const FIRST_PAGES = {
  "the door": ["src/features/setup/Door.tsx"],
  home: ["src/app/SignedIn.tsx", "src/features/home/HomePage.tsx"],
};

/** Every script and style that a page needs, with what those need: [name, bytes after gzip]. */
function load(manifest, ...keys) {
  const files = new Set();
  const take = (key) => {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the build has no ${key}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const next of chunk.imports ?? []) take(next);
  };
  keys.forEach(take);
  return [...files].map((file) => [file, gzipSync(readFileSync(dist + file), { level: 9 }).length]);
}

const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));
for (const [name, pages] of Object.entries(FIRST_PAGES)) {
  const loaded = load(manifest, ENTRY, ...pages);
  const total = loaded.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`${String(total).padStart(8)} bytes (gzip) until ${name} is there; at most ${LIMIT}`);
  if (total > LIMIT) {
    for (const [file, bytes] of loaded) console.log(`${String(bytes).padStart(8)}   ${file}`);
    process.exitCode = 1;
  }
}
