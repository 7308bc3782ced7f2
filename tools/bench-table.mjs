// Prints what the benches have left in a folder, each figure as a line of JSON: `node tools/bench-table.mjs FOLDER`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const files = folder && existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".jsonl")).sort() : [];
if (files.length === 0) {
  console.error(`bench-table: there is nothing in ${folder}: run \`make bench\``);
  process.exit(1);
}
const figures = files.flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n").map((line) => JSON.parse(line)));

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const rows = figures.map(({ bench, what, figure, unit, spread }) => ({ bench, what, figure: number.format(Number(figure)), unit, spread }));
const width = (column) => Math.max(...rows.map((row) => row[column].length));
const [what, figure, unit] = ["what", "figure", "unit"].map(width);
let part;
for (const row of rows) {
  if (row.bench !== part) console.log(`\n${row.bench}`);
  part = row.bench;
  console.log(`  ${row.what.padEnd(what)}  ${row.figure.padStart(figure)} ${row.unit.padEnd(unit)}  ${row.spread}`.trimEnd());
}
