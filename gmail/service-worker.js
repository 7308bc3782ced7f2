// Offers the panel in Gmail's tabs and nowhere else, and keeps what each of them tells about its account.
// Asked for as a module: what is named by a text while it runs the policy lets no worker load (Trusted Types).
import "./account.js";

const GMAIL = "https://mail.google.com";
const PANEL = "panel.html";

// Only addresses of Gmail are visible here: the extension may not see where other tabs are.
const isGmail = (url) => url?.startsWith(`${GMAIL}/`) ?? false;

// Where the panel reads it, as long as the browser runs; pages have no access to it.
const accountOf = (tabId) => `account.${tabId}`;
const forget = (tabId) => chrome.storage.session.remove(accountOf(tabId));

// What a tab that leaves Gmail had open closes with this. A tab may be gone before it was answered.
const offer = async (tabId, url) => {
  const enabled = isGmail(url);
  try {
    await chrome.sidePanel.setOptions(enabled ? { tabId, path: PANEL, enabled } : { tabId, enabled });
    // A button that does nothing looks like one. The browser forgets this with every page.
    if (enabled) await chrome.action.enable(tabId);
  } catch { /* The tab is gone. */ }
};

// From this extension's own content script, at the top of a tab with Gmail, and of the one shape that it sends.
const isAccount = (message, { id, origin, url, frameId, tab }) =>
  id === chrome.runtime.id &&
  origin === GMAIL &&
  isGmail(url) &&
  frameId === 0 &&
  Number.isInteger(tab?.id) &&
  message?.type === "account" &&
  (message.address === null || isAddress(message.address));

chrome.sidePanel.setOptions({ enabled: false });
chrome.action.disable();
chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true });

// Tabs that were open before: their pages have no content script until they are loaded again, but the panel works.
chrome.runtime.onInstalled.addListener(async () => {
  for (const { id, url } of await chrome.tabs.query({ url: `${GMAIL}/*` })) offer(id, url);
});

chrome.tabs.onUpdated.addListener((tabId, change, { url }) => {
  if (change.url === undefined && change.status === undefined) return;
  offer(tabId, url);
  if (!isGmail(url)) forget(tabId);
});

chrome.tabs.onRemoved.addListener(forget);

chrome.runtime.onMessage.addListener((message, sender) => {
  if (!isAccount(message, sender)) return;
  if (message.address === null) forget(sender.tab.id);
  else chrome.storage.session.set({ [accountOf(sender.tab.id)]: message.address });
});
