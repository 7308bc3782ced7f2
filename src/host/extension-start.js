// The Gmail panel only: whose mailbox the tab beside it shows, as the extension's content script has read it in the
// title. The panel takes it from here (`gmail.rs`).
const tell = (account) => {
  globalThis.hostAccount = account;
  dispatchEvent(new Event("hoststate"));
};
// There is none where a person looks at this page outside of the extension.
const kept = globalThis.chrome?.storage?.session;
if (kept) {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  const key = `account.${tab?.id}`;
  kept.onChanged.addListener((changes) => {
    if (key in changes) tell(changes[key].newValue);
  });
  tell((await kept.get(key))[key]);
}
