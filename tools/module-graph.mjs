// Who can come by what in a module that still has its names: a function by the functions that it calls, and by the numbers
// in it, which may be addresses of constants or places in the table; a constant by the addresses and places that it holds.
import binaryen from "binaryen";

// Every function of the module: which functions it calls, which numbers stand in it, and which of these may be places in the
// table: none that is added to something, as the place of a field in a struct is.
function readFunctions(module) {
  const found = new Map();
  // The text form quotes a name where it has to, and writes other signs than ASCII's letters as \hh.
  const name = String.raw`\$("(?:[^"\\]|\\.)*"|[^\s()]+)`;
  const unquoted = (text) => (text[0] === '"' ? text.slice(1, -1).replaceAll(/\\([0-9a-f]{2}|.)/g, (_, sign) =>
    sign.length === 2 ? String.fromCharCode(parseInt(sign, 16)) : sign) : text);
  const begins = new RegExp(`^ \\(func ${name}`);
  const calls = new RegExp(`\\((?:return_)?(?:call|ref\\.func) ${name}`, "g");
  // An address is a number, or the distance that is added to one.
  const constants = /\(i32\.const (-?\d+)\)|\boffset=(\d+)/g;
  let current;
  // The line that an expression's line is within, by how far they stand in.
  const above = [];
  for (const line of module.emitText().split("\n")) {
    const begin = begins.exec(line);
    if (begin) {
      current = { calls: new Set(), numbers: new Set(), places: new Set() };
      found.set(unquoted(begin[1]), current);
    } else if (line === " )") current = undefined;
    if (!current) continue;
    for (const [, called] of line.matchAll(calls)) current.calls.add(unquoted(called));
    const depth = line.search(/\S/);
    above[depth] = line;
    const isAdded = /^\s*\(i32\.add\b/.test(above[depth - 1] ?? "");
    for (const [, constant, offset] of line.matchAll(constants)) {
      current.numbers.add(Number(constant ?? offset) | 0);
      if (constant && !isAdded) current.places.add(Number(constant));
    }
  }
  return found;
}

const numbers = (count) => Array.from({ length: count }, (_, number) => number);

/** The segments of the table, each with the place of its first function. */
export const elements = (module) =>
  numbers(module.getNumElementSegments()).map((number) => {
    const { offset, ...segment } = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(number));
    return { ...segment, first: binaryen.getExpressionInfo(offset).value };
  });

/** What the module offers. */
export const exported = (module) =>
  numbers(module.getNumExports()).map((number) => binaryen.getExportInfo(module.getExportByIndex(number)));

/**
 * The module's functions, and `reach`: gives the functions and the pieces of `data` (`data-symbols.mjs`) that can be come
 * by from the functions called `roots`, with the places in the table that were asked for. No function for which `isShut`
 * holds is entered; `isPlaceShut` says so of those whose place in the table is a number in the code, which may be there by
 * chance. What a constant holds is certain, whatever its name: the compiler makes one of functions that are alike.
 */
export function graph(module, data) {
  const functions = readFunctions(module);
  const table = new Map(elements(module).flatMap(({ first, data }) => data.map((name, place) => [first + place, name])));
  const reach = (roots, isShut = () => false, isPlaceShut = isShut) => {
    const reached = { functions: new Set(), pieces: new Set(), places: new Set() };
    const waiting = [];
    const enter = (name) => {
      if (reached.functions.has(name) || !functions.has(name)) return;
      reached.functions.add(name);
      waiting.push(name);
    };
    const enterPlace = (place, isShutThere) => {
      if (!table.has(place)) return;
      reached.places.add(place);
      if (!isShutThere(table.get(place))) enter(table.get(place));
    };
    const hold = (piece) => {
      if (reached.pieces.has(piece)) return;
      reached.pieces.add(piece);
      const { holds, calls } = data.pieces[piece];
      calls.forEach((place) => enterPlace(place, isShut));
      holds.forEach(hold);
    };
    roots.forEach(enter);
    while (waiting.length > 0) {
      const { calls, numbers, places } = functions.get(waiting.pop());
      for (const name of calls) if (!isShut(name)) enter(name);
      for (const number of numbers) {
        for (const piece of data.named.get(number) ?? []) hold(piece);
      }
      for (const place of places) if (data.called.has(place)) enterPlace(place, isPlaceShut);
    }
    return reached;
  };
  return { functions, table, reach };
}
