// Holds the Gmail extension against Mozilla's linter of extensions, which finds what is wrong in any browser. What it is
// known to say for another reason stands here with that reason; anything else fails, and so does what it says no more.
//
//   node lint-extension.mjs package/gmail.zip
import linter from "addons-linter";

const FIREFOX = "It is asked for by Firefox alone, and the extension is for Chromium browsers";
const PANELS = "Firefox has no side panels, and the extension is for Chromium browsers";
const KNOWN = [
  { code: "ADDON_ID_REQUIRED", why: `${FIREFOX}: these know it by its key` },
  { code: "MISSING_DATA_COLLECTION_PERMISSIONS", why: FIREFOX },
  { code: "MANIFEST_PERMISSIONS", message: /"sidePanel"/, why: PANELS },
  { code: "UNSUPPORTED_API", file: /^service-worker\.js$/, message: /^sidePanel\./, why: PANELS },
  {
    code: "UNSAFE_VAR_ASSIGNMENT",
    file: /^boot-[0-9a-f]+\.js$/,
    message: /import/,
    why: "Its address is a link's in the page, and the content security policy lets files of the extension in, and no others",
  },
  {
    code: "UNSAFE_VAR_ASSIGNMENT",
    file: /^sync-sidebar-[0-9a-f]+\.js$/,
    message: /innerHTML/,
    why: "It is the history's chart, which the model draws of numbers, and templates of the program's own; what the service says becomes text nodes",
  },
];

const file = process.argv[2];
if (!file) throw new Error("usage: node lint-extension.mjs <extension.zip>");
const config = {
  _: [file],
  logLevel: "fatal",
  output: "none",
  minManifestVersion: 3,
  maxManifestVersion: 3,
  // Firefox has event pages in their place.
  enableBackgroundServiceWorker: true,
};
const found = await linter.createInstance({ config, runAsBinary: false }).run();
const isOf = (one) => (known) =>
  known.code === one.code && (known.file?.test(one.file) ?? true) && (known.message?.test(one.message) ?? true);
const all = ["errors", "warnings", "notices"].flatMap((kind) => found[kind]);
const unknown = all.filter((one) => !KNOWN.some(isOf(one)));
const gone = KNOWN.filter((known) => !all.some((one) => isOf(one)(known)));
for (const { code, file, line, message, description } of unknown) console.error(`${code} in ${file}:${line ?? ""} ${message}\n  ${description}`);
for (const { code, why } of gone) console.error(`${code} is not found any more: take it out of this file (${why})`);
for (const { code, why } of KNOWN.filter((known) => !gone.includes(known))) console.log(`  ${code}: ${why}`);
console.log(`addons-linter: ${unknown.length} findings, besides ${KNOWN.length - gone.length} with a known reason`);
process.exitCode = unknown.length + gone.length === 0 ? 0 : 1;
