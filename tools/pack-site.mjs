// The last step of a build, run by trunk on its staging folder: writes the pages of the other hosts. In a release build it
// drops what no side uses, too, splits off what the first screen does not need, shortens the scripts (trunk's own minifier
// gives up on wasm-bindgen's) and writes a brotli and a gzip copy beside every file that shrinks by it, so that the service
// sends the smallest form without compressing on each request.
//
//   node tools/pack-site.mjs [folder]
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { minify } from "terser";
import { hostPages } from "./host-pages.mjs";
import { shake } from "./shake-wasm.mjs";
import { linkLater } from "./split-wasm.mjs";

const text = /\.(html|css|js|mjs|json|svg|txt|xml)$/;
const script = /\.m?js$/;
const folder = process.argv[2] ?? process.env.TRUNK_STAGING_DIR;
if (!folder) throw new Error("usage: node tools/pack-site.mjs <folder>");

// A development build is for one reader, who wants to read the scripts.
const development = process.env.TRUNK_PROFILE === "debug";
const packed = development ? [] : readdirSync(folder, { recursive: true });
const wasmName = packed.find((name) => name.endsWith("_bg.wasm"));
const scriptName = wasmName?.replace(/_bg\.wasm$/, ".js");
if (wasmName) {
  // Before wasm-bindgen has taken it in hand: only there the linker's own notes hold.
  const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../target");
  const linked = readFileSync(join(target, "wasm32-unknown-unknown/release/sync-sidebar.wasm"));
  const built = readFileSync(join(folder, wasmName));
  const { script, first, later } = shake(readFileSync(join(folder, scriptName), "utf8"), built, linked);
  // Named for what is in them now, as trunk named them for what was: browsers keep them for good, and the three only
  // work together.
  const hash = createHash("sha256").update(script).update(first).update(later).digest("hex").slice(0, 16);
  // Trunk writes a number: without the zeros that it may begin with.
  const [, oldHash] = /-([0-9a-f]+)\.js$/.exec(scriptName);
  const laterName = `later-${hash}.wasm`;
  const renamed = (name) => name.replace(oldHash, hash);
  for (const [name, body] of [[scriptName, linkLater(script, laterName)], [wasmName, first]]) {
    rmSync(join(folder, name));
    writeFileSync(join(folder, renamed(name)), body);
    packed[packed.indexOf(name)] = renamed(name);
  }
  writeFileSync(join(folder, laterName), later);
  packed.push(laterName);
  const page = join(folder, "index.html");
  writeFileSync(page, readFileSync(page, "utf8").replaceAll(oldHash, hash));
}

const read = (path) => readFileSync(join(import.meta.dirname, "..", path), "utf8");
const pages = await hostPages(readFileSync(join(folder, "index.html"), "utf8"), read, !development);
for (const [name, body] of Object.entries(pages)) {
  writeFileSync(join(folder, name), body);
  if (!development) packed.push(name);
}

for (const name of packed) {
  const path = join(folder, name);
  const wasm = name.endsWith(".wasm");
  if (!wasm && !text.test(name)) continue;
  let body = readFileSync(path);
  if (script.test(name)) {
    const { code } = await minify(body.toString(), { module: true, ecma: 2020, compress: { passes: 3 } });
    body = Buffer.from(code);
    writeFileSync(path, body);
  }
  const brotli = brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_MODE]: wasm ? constants.BROTLI_MODE_GENERIC : constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
  // A copy that saves nothing would only cost the service a look.
  for (const [extension, copy] of [[".br", brotli], [".gz", gzipSync(body, { level: 9 })]]) {
    if (copy.length < body.length) writeFileSync(path + extension, copy);
  }
}
