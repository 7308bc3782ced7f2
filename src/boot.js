// Starts the wasm, and is there for the person when it cannot start or has stopped: after a panic nothing in it may run.
const shown = (error) => {
  console.error("Sync Sidebar has stopped", error);
  document.getElementById("crash").hidden = false;
  document.getElementById("panel").inert = true;
};
// A panic ends in a trap, and what the browser throws at the wasm leaves it half done: neither can be gone on from.
const stopped = (error) => {
  if (error instanceof WebAssembly.RuntimeError || error?.stack?.includes(".wasm")) shown(error);
};
addEventListener("error", (event) => stopped(event.error));
addEventListener("unhandledrejection", (event) => stopped(event.reason));
document.getElementById("reload").addEventListener("click", () => location.reload());

// What the panel will ask first is asked while the wasm is on its way; `shell/fetch.rs` takes the answers from here.
const api = "/api/v1";
// An extension's page is not the service's: its root says where that is, and the service's cookie is another site's.
const { service = "" } = document.documentElement.dataset;
// Time runs for an answer from when the panel takes it, however long the wasm was on its way: it ends them by `stop`.
const limit = new AbortController();
const ask = (path, options) => fetch(service + api + path, { credentials: "include", signal: limit.signal, ...options });
const signIn = ask("/session", {
  method: "POST",
  headers: { "Content-Type": "application/json", "Sync-Sidebar": "1" },
  body: '{"grant":"renew"}',
});
const status = signIn
  .then((answer) => (answer.ok ? answer.clone().json() : Promise.reject(answer)))
  // Somebody else may have answered, without a token: what is asked with none would keep the panel out.
  .then(({ token }) => token ? ask("/sync", { cache: "no-store", headers: { Authorization: `Bearer ${token}` } }) : Promise.reject());
const early = new Map([
  [`${api}/session`, signIn],
  [`${api}/sync`, status],
]);
early.stop = () => limit.abort();
globalThis.early = early;
// The language that the panel will speak, where it is not the one that is built in: `shell/language.rs` decides as this does.
const spoken = ["en", "de"];
let chosen;
try {
  chosen = localStorage.getItem("sync-sidebar.language");
} catch {}
const language = [chosen, ...navigator.languages]
  .map((tag) => tag?.split(/[-_]/)[0].toLowerCase())
  .find((tag) => spoken.includes(tag));
if (language && language !== spoken[0]) {
  const table = `locales/${language}.json`;
  early.set(table, fetch(table, { signal: limit.signal }));
}
// What failed is asked anew by the panel.
for (const [path, answer] of early) answer.catch(() => early.delete(path));

try {
  const glue = await import(document.getElementById("app-js").href);
  // What stands behind the first screen is a module of its own; a development build has all in one. Its looks come with
  // it: a browser leaves out style sheets that are disabled.
  const look = (link) =>
    new Promise((done, fail) => {
      const sheet = link.cloneNode();
      sheet.removeAttribute("disabled");
      sheet.onload = () => done(link.remove());
      sheet.onerror = () => fail(sheet.remove());
      link.after(sheet);
    });
  globalThis.loadLater = () => Promise.all([glue.loadLater?.(), ...[...document.querySelectorAll("link[disabled]")].map(look)]);
  await glue.default({ module_or_path: document.getElementById("app-wasm").href });
} catch (error) {
  // The network, or a browser that is too old.
  shown(error);
}
