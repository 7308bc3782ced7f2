// Where a control goes while it has the focus, one beside it gets that: whoever works by keyboard is not thrown to the top
// of the page. Rows of long lists are `shell/scrolling.rs`'s.
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
  // A host's page around this one keeps its own: the person may be writing a mail there.
  if (!document.hasFocus()) return;
  const lost = [stop, document.body].includes(document.activeElement);
  if (!stop || !lost || (stop.isConnected && isShown(stop)) || around.some((one) => one.className === "rows")) return;
  for (const part of around) {
    const near = [...part.querySelectorAll("button, a, input, select, summary, .banner[tabindex]")].filter(isShown);
    const next = near.find((one) => stop.isConnected && stop.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (near.length) return (next ?? near.pop()).focus({ preventScroll: true });
  }
};
addEventListener("focus", look);
new MutationObserver(look).observe(panel, { attributeFilter: ["hidden"], childList: true, subtree: true });
