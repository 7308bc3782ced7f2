// The panel beside Gmail, which is faked at the network only: how quickly the status is there, and how it looks.
import { Figures } from "../fixtures/bench-file.js";
import { noteFirstStatus, summary } from "../fixtures/first-status.js";
import { expect, openGmail, test } from "../fixtures/gmail-test.js";
import { keep } from "../fixtures/pictures.js";

const RUNS = 10;

/** Opens the panel by its button; its pages then note when the status is there. */
async function open(page, sidePanel) {
  await openGmail(page, "robin.hale@example.com");
  await sidePanel.press(page);
  await sidePanel.attach();
  await shown(sidePanel);
}

const shown = (sidePanel) => expect.poll(() => sidePanel.text(".card.status .label")).toBe("Enabled");

test("time to the status", async ({ page, sidePanel }) => {
  await open(page, sidePanel);
  await sidePanel.runFirst(`(${noteFirstStatus})()`);
  const times = [];
  for (let run = 0; run <= RUNS; run += 1) {
    await sidePanel.reload();
    await shown(sidePanel);
    if (run > 0) times.push(await sidePanel.evaluate("globalThis.firstStatus"));
  }
  console.log("\nThe side panel beside Gmail, from its navigation to the status:");
  const [median, least, most] = Object.values(summary(times));
  console.table([summary(times)]);
  const figures = new Figures("host-gmail", "The side panel beside Gmail");
  figures.add("from the navigation to the status", median, "ms", `${least} to ${most} in ${RUNS} visits`);
  figures.keep();
});

for (const scheme of ["light", "dark"]) {
  test(`picture, ${scheme}`, async ({ page, sidePanel }) => {
    await open(page, sidePanel);
    await sidePanel.prefer(scheme);
    await keep(`gmail-${scheme}`, await sidePanel.screenshot());
  });
}
