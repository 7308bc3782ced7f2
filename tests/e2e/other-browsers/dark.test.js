// The dark look, where the browser prefers it.
import assert from "node:assert/strict";
import { mocked } from "./panel.js";
import { inEachBrowser } from "./setting.js";

inEachBrowser((journey) => {
  journey("a browser that prefers dark pages gets one", async (panel, { context }) => {
    const mock = await mocked();
    context.after(() => mock.stop());
    await panel.open(mock.url);
    await panel.says(".card.status .label", "Enabled");
    const colours = await panel.evaluate(`const of = (part, name) => getComputedStyle(document.querySelector(part))[name];
      return [of("html", "backgroundColor"), of("html", "color"), of("button.primary", "backgroundColor"), of(".card.status", "borderInlineStartColor")]`);
    assert.deepEqual(colours, ["rgb(31, 31, 31)", "rgb(255, 255, 255)", "rgb(17, 94, 163)", "rgb(84, 176, 84)"]);
  });
}, { dark: true });
