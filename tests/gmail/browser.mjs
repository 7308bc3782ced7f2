// The part of Chrome's interface that the extension's worker uses, for tests without a browser: what is set can be read,
// and events are sent by hand.
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

export const ID = "bgghaendpgemhbicjfmddlhkjgkeflbd";
const gmail = new URL("../../gmail/", import.meta.url);

// The worker as it has just been started, with these tabs open.
export const startWorker = ({ tabs = [] } = {}) => {
  const kept = new Map();
  const panels = new Map();
  const buttons = new Set();
  const listeners = {};
  const event = (name) => ({ addListener: (listener) => (listeners[name] = listener) });
  const chrome = {
    runtime: { id: ID, onInstalled: event("installed"), onMessage: event("message") },
    tabs: {
      query: async ({ url }) => tabs.filter((tab) => tab.url.startsWith(url.slice(0, -1))),
      onUpdated: event("updated"),
      onRemoved: event("removed"),
    },
    action: { disable: async () => buttons.clear(), enable: async (tabId) => buttons.add(tabId) },
    sidePanel: {
      setPanelBehavior: async () => {},
      setOptions: async ({ tabId, path, enabled }) => {
        if (tabId === "gone") throw new Error(`No tab with id: ${tabId}.`);
        panels.set(tabId ?? "everywhere", enabled ? path : null);
      },
    },
    storage: {
      session: {
        set: async (items) => Object.entries(items).forEach(([key, value]) => kept.set(key, value)),
        remove: async (key) => kept.delete(key),
      },
    },
  };
  const context = createContext({ chrome });
  const run = (file) => runInContext(readFileSync(new URL(file, gmail), "utf8").replaceAll(/^import "(.+)";$/gm, (_, other) => (run(other), "")), context, { filename: file });
  run("service-worker.js");
  const send = async (name, ...details) => {
    const answer = await listeners[name](...details);
    // What it has begun without waiting for it.
    await new Promise(setImmediate);
    return answer;
  };
  return { kept, panels, buttons, send };
};
