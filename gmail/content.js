// Tells the extension which account Gmail is open for in this tab. It reads the title, and nothing else of the page.
{
  let told;
  // The extension may have been updated or removed while the page stayed open: then nobody is there to be told.
  const tell = async (address) => {
    told = address;
    try {
      await chrome.runtime.sendMessage({ type: "account", address });
    } catch {
      titles.disconnect();
    }
  };
  // A title without an address, while Gmail loads or flashes a message in it, says nothing about the account.
  const look = () => {
    const address = accountInTitle(document.title);
    if (address !== null && address !== told) tell(address);
  };
  const titles = new MutationObserver(look);
  // Gmail may put another element in the place of the title's.
  titles.observe(document.head, { childList: true, subtree: true, characterData: true });
  // A page that comes back from the browser's memory was forgotten when it was left.
  addEventListener("pageshow", ({ persisted }) => persisted && tell(accountInTitle(document.title)));
  // Said in any case: what was known in this tab was of the page before.
  tell(accountInTitle(document.title));
}
