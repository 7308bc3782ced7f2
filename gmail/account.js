// The account that Gmail is open for, as far as a page tells: its title ends with the address and the product's name,
// in every language. It is a hint, and is shown as one: whoever writes a mail's subject writes a part of the title.

// As long as an address may be, RFC 5321 §4.5.3.1.
const LONGEST_ADDRESS = 254;

// Of the page's script and of the worker, for which this is a module.
globalThis.isAddress = (text) =>
  typeof text === "string" && text.length <= LONGEST_ADDRESS && /^[^\s@<>"(),:;\\]+@[^\s@<>"(),:;\\]+\.[^\s@<>"(),:;\\]+$/u.test(text);

// The last part that is an address: those before it may be of a subject, and a company may call its mail as it likes. The
// very last part is the product's name.
const accountInTitle = (title) => title.split(" - ").slice(0, -1).map((part) => part.trim()).findLast(globalThis.isAddress) ?? null;
