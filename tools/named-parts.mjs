// Where the functions, the constants and the names are in a wasm file, in bytes.

const SECTION = { custom: 0, imports: 2, code: 10, data: 11 };
const KIND = { function: 0, table: 1, memory: 2, global: 3 };
const FUNCTION_NAMES = 1;

function reader(bytes) {
  let place = 8;
  const unsigned = () => {
    for (let value = 0, shift = 1; ; shift *= 128) {
      const byte = bytes[place++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const length = unsigned();
    place += length;
    return bytes.toString("utf8", place - length, place);
  };
  return { unsigned, text, byte: () => bytes[place++], place: () => place, skip: (to) => (place = to) };
}

function* sections(bytes) {
  const at = reader(bytes);
  while (at.place() < bytes.length) {
    const start = at.place();
    const id = at.byte();
    const length = at.unsigned();
    const end = at.place() + length;
    yield { id, start, end, at };
    at.skip(end);
  }
}

function importedFunctions({ at }) {
  let found = 0;
  for (let count = at.unsigned(); count > 0; count--) {
    at.text();
    at.text();
    const kind = at.byte();
    if (kind === KIND.function) found++;
    if (kind === KIND.function) at.unsigned();
    if (kind === KIND.global) at.skip(at.place() + 2);
    if (kind === KIND.table) at.byte();
    if (kind === KIND.table || kind === KIND.memory) {
      for (let bounds = at.byte() & 1 ? 2 : 1; bounds > 0; bounds--) at.unsigned();
    }
  }
  return found;
}

/** The functions as `code`, each `{ name, start, end }`, and the runs of bytes in which the `names` are. */
export function functionBodies(bytes) {
  let imported = 0;
  const code = [];
  const names = [];
  const called = new Map();
  for (const { id, start, end, at } of sections(bytes)) {
    if (id === SECTION.imports) imported = importedFunctions({ at });
    if (id === SECTION.code) {
      for (let count = at.unsigned(); count > 0; count--) {
        const length = at.unsigned();
        code.push({ start: at.place(), end: at.place() + length });
        at.skip(at.place() + length);
      }
    }
    if (id !== SECTION.custom || at.text() !== "name") continue;
    names.push({ start, end });
    while (at.place() < end) {
      const kind = at.byte();
      const length = at.unsigned();
      const next = at.place() + length;
      if (kind === FUNCTION_NAMES) {
        for (let count = at.unsigned(); count > 0; count--) called.set(at.unsigned(), at.text());
      }
      at.skip(next);
    }
  }
  return { code: code.map((run, number) => ({ ...run, name: called.get(number + imported) ?? `f${number + imported}` })), names };
}

/** The section of the constants. */
export const dataBytes = (bytes) => [...sections(bytes)].filter(({ id }) => id === SECTION.data).map(({ start, end }) => ({ start, end }));
