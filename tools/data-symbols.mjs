// What the linker knows of a module's data: which constants and tables there are, who holds whose address, and by which
// numbers the code names them. It tells when it links with `--emit-relocs`. Source: WebAssembly Object File Linking
// (tool-conventions), sections `linking` and `reloc.*`.

const SECTION = { custom: 0, code: 10, data: 11 };
const SYMBOL_TABLE = 8;
const SYMBOL = { function: 0, data: 1, global: 2, section: 3, tag: 4, table: 5 };
const UNDEFINED = 0x10;
const EXPLICIT_NAME = 0x40;
// Kinds of relocations that write a place in the table, in code and in data; that write an address; and that have an
// addend: the numbers of their list.
const [PLACE_IN_CODE, PLACE_IN_DATA] = [1, 2];
const ADDRESSES = new Set([3, 4, 5, 11, 14, 15, 16, 17, 23]);
const WITH_ADDEND = new Set([...ADDRESSES, 8, 9, 21, 22, 25]);

class Reader {
  constructor(bytes, place = 0, end = bytes.length) {
    Object.assign(this, { bytes, place, end });
  }
  get isAtEnd() {
    return this.place >= this.end;
  }
  byte() {
    return this.bytes[this.place++];
  }
  unsigned() {
    for (let value = 0, shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }
  signed() {
    for (let value = 0, shift = 1; ; ) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      shift *= 128;
      if (byte < 128) return byte & 64 ? value - shift : value;
    }
  }
  text() {
    const length = this.unsigned();
    this.place += length;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.place - length, length).toString();
  }
  part(length) {
    this.place += length;
    return new Reader(this.bytes, this.place - length, this.place);
  }
}

function* sections(bytes) {
  const reader = new Reader(bytes, 8);
  while (!reader.isAtEnd) {
    const start = reader.place;
    const id = reader.byte();
    const body = reader.part(reader.unsigned());
    const content = body.place;
    yield { id, start, body, content, name: id === SECTION.custom ? body.text() : undefined };
  }
}

/** The module without what only a linker reads. */
export function withoutLinking(bytes) {
  const kept = [bytes.subarray(0, 8)];
  for (const { start, body, name } of sections(bytes)) {
    if (name !== "linking" && !name?.startsWith("reloc.")) kept.push(bytes.subarray(start, body.end));
  }
  return Buffer.concat(kept);
}

// Where each segment's bytes are: in memory, and in the section.
function segments({ body, content }) {
  return Array.from({ length: body.unsigned() }, () => {
    const flags = body.unsigned();
    const isConstant = flags === 0 && body.byte() === 0x41;
    if (!isConstant) throw new Error("data-symbols: a segment without a fixed place");
    const address = body.signed();
    body.byte();
    const length = body.unsigned();
    const place = body.place - content;
    body.part(length);
    const bytes = body.bytes.subarray(content + place, content + place + length);
    return { address, place, length, bytes };
  });
}

function symbols({ body }) {
  const version = body.unsigned();
  if (version !== 2) throw new Error(`data-symbols: version ${version} of the linking section`);
  const found = [];
  while (!body.isAtEnd) {
    const kind = body.byte();
    const part = body.part(body.unsigned());
    if (kind !== SYMBOL_TABLE) continue;
    for (let count = part.unsigned(); count > 0; count--) {
      const type = part.byte();
      const flags = part.unsigned();
      const isDefined = (flags & UNDEFINED) === 0;
      if (type === SYMBOL.data) {
        const name = part.text();
        found.push(isDefined ? { name, segment: part.unsigned(), offset: part.unsigned(), size: part.unsigned() } : {});
      } else {
        part.unsigned();
        if (type !== SYMBOL.section && (isDefined || flags & EXPLICIT_NAME)) part.text();
        found.push({});
      }
    }
  }
  return found;
}

function* relocations({ body }) {
  body.unsigned();
  for (let count = body.unsigned(); count > 0; count--) {
    const type = body.byte();
    const [place, symbol] = [body.unsigned(), body.unsigned()];
    const addend = WITH_ADDEND.has(type) ? body.signed() : 0;
    yield { type, place, symbol, addend };
  }
}

/**
 * What the linker knows of a module: `pieces`, each piece of data as `{ start, end, holds, calls }`, where `holds` are the
 * numbers of the pieces whose addresses it holds, and `calls` the places in the table; `named`, from a number that stands
 * in the code to the pieces that it may be the address of; `called`, the numbers in the code that may be places in the
 * table; and all bytes as `segments`.
 */
export function dataSymbols(linked) {
  const found = [...sections(linked)];
  const section = (name) => found.find((section) => section.name === name);
  const table = section("linking");
  const data = found.find(({ id }) => id === SECTION.data);
  const code = found.find(({ id }) => id === SECTION.code);
  if (!table || !data) throw new Error("data-symbols: the module was not linked with --emit-relocs");
  const parts = segments(data);
  const pieces = symbols(table).map(({ segment, offset, size }) => {
    const start = segment === undefined ? undefined : parts[segment].address + offset;
    return { start, end: start + size, holds: new Set(), calls: new Set() };
  });

  const named = new Map();
  const called = new Set();
  for (const { type, place, symbol, addend } of relocations(section("reloc.CODE"))) {
    if (type === PLACE_IN_CODE) called.add(new Reader(linked, code.content + place).signed());
    const { start } = pieces[symbol] ?? {};
    if (!ADDRESSES.has(type) || start === undefined) continue;
    // In the code an address is a number like any other, and is written with its sign.
    const number = (start + addend) | 0;
    named.set(number, (named.get(number) ?? new Set()).add(symbol));
  }
  const owners = pieces.map(({ start, end }, number) => ({ start, end, number })).filter(({ start, end }) => end > start);
  owners.sort((a, b) => a.start - b.start);
  for (const { type, place, symbol } of section("reloc.DATA") ? relocations(section("reloc.DATA")) : []) {
    const segment = parts.find((segment) => place >= segment.place && place < segment.place + segment.length);
    const address = segment.address + place - segment.place;
    for (const { start, end, number } of owners) {
      if (start > address) break;
      if (address >= end) continue;
      if (ADDRESSES.has(type)) pieces[number].holds.add(symbol);
      if (type === PLACE_IN_DATA) pieces[number].calls.add(linked.readUInt32LE(data.content + place));
    }
  }
  return { pieces, named, called, segments: parts };
}
