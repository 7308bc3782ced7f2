// The pages of a sign-in to the service in a window that Office has opened. The first one lets Office get to know the
// window, which remembers it for the last one, and goes to the provider. The last one hands over the one-time code, or
// what went wrong, through Office and to one exact origin. It runs before Office's own script, which takes `history` away.
const PATIENCE = 5000;
// Office's script makes elements for others of its own. Where the browser has Trusted Types, they are from Microsoft's two
// places, and no text becomes markup.
const PLACES = ["https://appsforoffice.microsoft.com", "https://ajax.aspnetcdn.com"];
globalThis.trustedTypes?.createPolicy("default", {
  createScriptURL: (url) => (PLACES.includes(new URL(url, location.href).origin) ? url : null),
});
const place = document.querySelector("[data-next], [data-id]");
const { next, origin, id, code, error } = place.dataset;
place.remove();
// What the provider has sent is of no use any more. The first page's address is Office's to read.
if (!next) history.replaceState(null, "", "/sign-in/done");
const act = () => {
  if (next) return location.replace(next);
  const message = { type: "sync-sidebar:sign-in", id, ...(code ? { code } : { error }) };
  Office.context.ui.messageParent(JSON.stringify(message), { targetOrigin: origin });
};
const unanswered = document.getElementById("unanswered");
const tell = () => (unanswered.hidden = false);
// An answer that comes late is good all the same.
const late = setTimeout(tell, PATIENCE);
const script = document.getElementById("office");
script.addEventListener("error", tell);
script.addEventListener("load", async () => {
  try {
    await Office.onReady();
    act();
    unanswered.hidden = true;
  } catch {
    // Nobody has opened this window by way of Office.
    tell();
  } finally {
    clearTimeout(late);
  }
});
