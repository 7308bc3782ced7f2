// The page that trunk builds, made into the pages of the three hosts: one for a browser's tab, one for Outlook with
// Microsoft's office.js in its head, one for the Gmail extension. They differ in their heads alone. What only one of them
// needs goes into files of its own, so that the others do not pay for it.
import { createHash } from "node:crypto";
import { minify } from "terser";

// What Marketplace add-ins have to load: Microsoft's own copy, never one of ours. It must not hold up the page.
const OFFICE = '<script async src="https://appsforoffice.microsoft.com/lib/1/hosted/office.js"></script>';

// A file's name with what is in it, as trunk writes it.
const named = (name, body) => {
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  return name.replace(/(\.\w+)$/, `-${hash}$1`);
};

const pack = async (script, module) =>
  (await minify(script, { module, toplevel: true, ecma: 2020, compress: { passes: 3 } })).code;

// Puts something at the end of a tag, or behind it, that stands in the page exactly once.
function at(page, tag, put) {
  const found = [...page.matchAll(tag)];
  if (found.length !== 1) throw new Error(`host-pages: ${tag} stands in the page ${found.length} times`);
  return page.replace(tag, put);
}
const onRoot = (page, attributes) => at(page, /<html\b[^>]*/g, (html) => `${html} ${attributes}`);
const afterCharset = (page, tags) => at(page, /<meta charset=[^>]*>/g, (charset) => charset + tags);
const atEndOfHead = (page, tags) => at(page, /<\/head>/g, (end) => tags + end);

/**
 * Gives the files of the three pages, by name. `read` gives the text of a source file; `packed` says whether scripts are
 * shortened and named for their content.
 */
export async function hostPages(page, read, packed) {
  const file = async (path, module) => {
    const name = path.split("/").pop();
    const body = packed && name.endsWith(".js") ? await pack(read(path), module) : read(path);
    return { name: packed ? named(name, body) : name, body };
  };
  const office = await file("src/host/office-start.js", false);
  const extension = await file("src/host/extension-start.js", true);
  const look = await file("style/gmail.css", false);
  const scripts = `<script src="./${office.name}"></script>${OFFICE}`;
  const outlook = afterCharset(onRoot(page, 'data-host="outlook"'), scripts);
  const head = `<link rel="stylesheet" href="./${look.name}"><script type="module" src="./${extension.name}"></script>`;
  // Where the service is, the extension's package says.
  const panel = atEndOfHead(onRoot(page, 'data-host="gmail" data-service=""'), head);
  const own = Object.fromEntries([office, extension, look].map(({ name, body }) => [name, body]));
  return { "outlook.html": outlook, "panel.html": panel, ...own };
}
