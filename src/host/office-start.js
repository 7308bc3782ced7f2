// Outlook's page only, before Microsoft's office.js: keeps for the page what that takes away, and tells the panel how it
// goes with Outlook (`outlook.rs`). office.js loads beside the panel, never before it: where a network holds it back, the
// status shows all the same.
{
  const PATIENCE = 5_000;
  const KEY = "sync-sidebar.scheme";
  const root = document.documentElement;

  // office.js makes elements for more scripts of its own. Where the browser has Trusted Types, they are from Microsoft's two
  // places (`security_headers.rs`), and no text becomes markup.
  const PLACES = ["https://appsforoffice.microsoft.com", "https://ajax.aspnetcdn.com"];
  globalThis.trustedTypes?.createPolicy("default", {
    createScriptURL: (url) => (PLACES.includes(new URL(url, location.href).origin) ? url : null),
  });

  const { pushState, replaceState } = history;
  const restore = () => Object.assign(history, { pushState, replaceState });

  let patience;
  const tell = (state) => {
    clearTimeout(patience);
    globalThis.hostState = state;
    dispatchEvent(new Event("hoststate"));
  };
  patience = setTimeout(() => tell("silent"), PATIENCE);

  // Its events do not bubble, but can be caught on their way down.
  const isOffice = ({ target }) => target instanceof HTMLScriptElement && target.src.endsWith("/office.js");
  document.addEventListener("error", (event) => isOffice(event) && tell("blocked"), true);
  document.addEventListener("load", (event) => {
    if (!isOffice(event)) return;
    restore();
    // What came under the script's name may be something else.
    if (!globalThis.Office?.onReady) return tell("blocked");
    Office.onReady(() => {
      restore();
      tell("ready");
    });
  }, true);

  // Outlook tells its colours late: until then the page has those that it had the last time.
  try {
    const scheme = localStorage.getItem(KEY);
    if (scheme) root.dataset.scheme = scheme;
    addEventListener("pagehide", () => localStorage.setItem(KEY, root.dataset.scheme ?? ""));
  } catch {
    // A frame of another site may have no storage.
  }
}
