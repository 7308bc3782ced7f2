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

// Where a control goes while it has the focus, one beside it gets that: whoever works by keyboard is not thrown to the top
// of the page. Rows of long lists are `shell/scrolling.rs`'s.
{
  const panel = document.getElementById("panel");
  const isShown = (one) => one.getClientRects().length > 0 && !one.closest("[inert]");
  let stop;
  let around = [];
  addEventListener("pointerdown", () => (stop = undefined));
  panel.addEventListener("focusin", ({ target }) => {
    stop = target;
    around = [];
    for (let one = target; (one = one.parentElement); ) around.push(one);
  });
  const look = () => {
    const lost = [stop, document.body].includes(document.activeElement);
    if (!stop || !lost || (stop.isConnected && isShown(stop)) || around.some((one) => one.className === "rows")) return;
    for (const part of around) {
      const near = [...part.querySelectorAll("button, a, input, select, summary")].filter(isShown);
      const next = near.find((one) => stop.isConnected && stop.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (near.length) return (next ?? near.pop()).focus({ preventScroll: true });
    }
  };
  new MutationObserver(look).observe(panel, { attributeFilter: ["hidden"], childList: true, subtree: true });
}

// What the panel will ask first is asked while the wasm is on its way; `shell/fetch.rs` takes the answers from here.
const api = "/api/v1";
// An extension's page is not the service's: its root says where that is, and the service's cookie is another site's.
const { service = "" } = document.documentElement.dataset;
const ask = (path, options) => fetch(service + api + path, { credentials: "include", ...options });
const signIn = ask("/session", {
  method: "POST",
  headers: { "Content-Type": "application/json", "Sync-Sidebar": "1" },
  body: '{"grant":"renew"}',
});
const status = signIn
  .then((answer) => (answer.ok ? answer.clone().json() : Promise.reject(answer)))
  .then(({ token }) => ask("/sync", { cache: "no-store", headers: { Authorization: `Bearer ${token}` } }));
globalThis.early = new Map([
  [`${api}/session`, signIn],
  [`${api}/sync`, status],
]);
// What failed is asked anew by the panel.
for (const [path, answer] of early) answer.catch(() => early.delete(path));

try {
  const glue = await import(document.getElementById("app-js").href);
  // What stands behind the first screen is a module of its own; a development build has all in one.
  globalThis.loadLater = async () => glue.loadLater?.();
  await glue.default({ module_or_path: document.getElementById("app-wasm").href });
} catch (error) {
  // The network, or a browser that is too old.
  shown(error);
}
