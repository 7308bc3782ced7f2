// Makes a panic trap at once. What the standard library does in between – choosing words, formatting numbers, naming the
// line – is for the console alone: `boot.js` catches the trap, and the panel's notice says the same of every panic. The
// console still has the place, as the trap's stack: `bytes.mjs --at` tells what stands there.
import binaryen from "binaryen";
import { plain } from "./split-wasm.mjs";

// The functions that only end the program, by their names in the source.
const ends = [
  /^core::panicking::/,
  /^core::(option|result)::(unwrap|expect)_failed$/,
  /^core::cell::(panic_already_(mutably_)?borrowed|lazy::panic_poisoned)$/,
  /^core::slice::index::slice_\w+_fail$/,
  /^core::slice::copy_from_slice_impl::len_mismatch_fail$/,
  /^core::str::slice_error_fail$/,
  /^alloc(\[\w+\])?::raw_vec::(handle_error|capacity_overflow)$/,
  /^alloc(\[\w+\])?::alloc::handle_alloc_error$/,
  /^<alloc(\[\w+\])?::vec::Vec<_, _>>::\w+::assert_failed$/,
  /^<hashbrown::raw::Fallibility>::capacity_overflow$/,
  /^__rustc::(rust_begin_unwind|__rust_alloc_error_handler|rdl_alloc_error_handler)$/,
  /^std::thread::local::panic_access_error$/,
  /^std::panicking::(?!panic_count)/,
  /^send_wrapper::invalid_(deref|drop)$/,
  /^any_spawner::handle_uninitialized_spawn(_local)?$/,
];
const isEnd = (name) => ends.some((path) => path.test(plain(name)));

const { SideEffects } = binaryen;
// What nobody sees when it is left out right before the end.
const unseen =
  SideEffects.ReadsLocal | SideEffects.WritesLocal | SideEffects.ReadsGlobal | SideEffects.WritesGlobal | SideEffects.ReadsMemory |
  SideEffects.WritesMemory | SideEffects.ImplicitTrap | SideEffects.TrapsNeverHappen;

// The expressions that an expression is made of: `getExpressionInfo` gives them as numbers, under these names.
const parts = ["body", "condition", "ifTrue", "ifFalse", "value", "ptr", "left", "right", "target", "delta", "dest", "source", "size"];
const children = (expression) => {
  const id = binaryen.getExpressionId(expression);
  // Of some kinds binaryen tells nothing; these have no parts.
  if (id === binaryen.ConstId || id === binaryen.UnreachableId || id === binaryen.RefNullId) return [];
  const info = binaryen.getExpressionInfo(expression);
  const single = parts.map((part) => info[part]).filter((part) => typeof part === "number" && part !== 0);
  return [...single, ...(info.children ?? []), ...(info.operands ?? [])];
};

/** Does so in a module that still has its names. */
export function quietPanics(module) {
  const functions = Array.from({ length: module.getNumFunctions() }, (_, number) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(number)),
  );
  const ending = new Set(functions.filter(({ name, module: from }) => from === "" && isEnd(name)).map(({ name }) => name));
  const all = [...ending].map(plain);
  for (const name of ["core::panicking::panic_fmt", "core::panicking::panic_bounds_check", "core::option::unwrap_failed"]) {
    if (!all.includes(name)) throw new Error(`quiet-panics: ${name} is not there; has the standard library another name for it?`);
  }
  for (const { name, module: from, body } of functions) {
    if (from === "" && !ending.has(name)) trim(module, body, ending);
  }
  for (const { name, params, results } of functions.filter(({ name }) => ending.has(name))) {
    module.removeFunction(name);
    module.addFunction(name, params, results, [], module.unreachable());
  }
}

// Leaves out what only prepares the end.
function trim(module, root, ending) {
  const waiting = [root];
  while (waiting.length > 0) {
    const expression = waiting.pop();
    if (binaryen.getExpressionId(expression) === binaryen.BlockId) trimBlock(module, expression, ending);
    waiting.push(...children(expression));
  }
}

function trimBlock(module, block, ending) {
  const { Block } = binaryen;
  const isUnseen = (expression) => (binaryen.getSideEffects(expression, module) & ~unseen) === 0;
  for (let place = Block.getNumChildren(block) - 1; place >= 0; place--) {
    const child = Block.getChildAt(block, place);
    const id = binaryen.getExpressionId(child);
    const call = id === binaryen.CallId ? binaryen.getExpressionInfo(child) : undefined;
    if (call && ending.has(call.target) && call.operands.every(isUnseen)) Block.setChildAt(block, place, module.unreachable());
    else if (id !== binaryen.UnreachableId) continue;
    while (place > 0 && isUnseen(Block.getChildAt(block, place - 1))) Block.removeChildAt(block, --place);
  }
}
