// The last page of a sign-in to the service: hands the one-time code, or what went wrong, to the panel that began it.
// The page that opened this window gets it by its exact origin. A provider's page may have cut the two apart
// (Cross-Origin-Opener-Policy); then the channel reaches the panel, and it reaches pages of this origin alone.
const place = document.querySelector("[data-id]");
const { origin, id, code, error } = place.dataset;
place.remove();
// What the provider has sent is of no use any more, and does not stay in the window's address.
history.replaceState(null, "", "/sign-in/done");
const message = { type: "sync-sidebar:sign-in", id, ...(code ? { code } : { error }) };
try {
  new BroadcastChannel("sync-sidebar:sign-in").postMessage(message);
} catch { /* The opener is told all the same. */ }
if (window.opener && origin) window.opener.postMessage(message, origin);
// What went wrong stays, to be read.
if (code) window.close();
