// The last page of a sign-in: tells the page that opened the window that there is something to read, and closes. What is
// told is a hint, and goes to one exact origin. A window that nobody opened stays, so that the person can read it.
const { origin, authorization, status } = document.querySelector("[data-authorization]").dataset;
if (window.opener && origin && authorization) {
  window.opener.postMessage({ type: "sync-sidebar:authorization", id: authorization, status }, origin);
  window.close();
}
