// Every screen and state in every look and width, as a table in Markdown: `npm run access`. Each cell says how much axe
// finds there, scrolls sideways or is cut.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { LOOKS, WIDTHS } from "./fixtures/matrix.js";

const folder = mkdtempSync(path.join(tmpdir(), "sync-access-"));
const { status } = spawnSync("npx", ["playwright", "test", "journeys/matrix.spec.js", "--reporter=dot"], {
  cwd: import.meta.dirname,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, ACCESS_FOLDER: folder },
});
const scenes = readdirSync(folder).sort().map((file) => [path.basename(file, ".json"), JSON.parse(readFileSync(path.join(folder, file), "utf8"))]);
rmSync(folder, { recursive: true });
const cell = (cells, look) => WIDTHS.map((width) => cells[`${look} ${width}`].length).join(" / ");
console.log(`\nViolations at ${WIDTHS.join(" / ")} px:\n`);
console.log(`| scene | ${Object.keys(LOOKS).join(" | ")} |\n|---|${"---|".repeat(Object.keys(LOOKS).length)}`);
for (const [name, cells] of scenes) console.log(`| ${name} | ${Object.keys(LOOKS).map((look) => cell(cells, look)).join(" | ")} |`);
const all = scenes.flatMap(([, cells]) => Object.values(cells));
console.log(`\n${scenes.length} scenes, ${all.length} cells, ${all.flat().length} violations.`);
process.exitCode = status ?? 1;
