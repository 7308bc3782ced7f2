// For everybody: every screen in every state, in every look and width. `npm run access` prints what comes of it.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { examine } from "../fixtures/matrix.js";
import { scenes, show } from "../fixtures/scenes.js";
import { expect, test } from "../fixtures/test.js";

for (const locale of ["en-GB", "de-DE"]) {
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    for (const [name, scene] of Object.entries(scenes)) {
      if ((scene.locale ?? "en-GB") !== locale) continue;
      test(`nothing is wrong in any look and width: ${name}`, async ({ page, watch }) => {
        test.setTimeout(120_000);
        watch.allowLostRequests();
        watch.allow(/Sync Sidebar has stopped/);
        const mock = await show(page, scene);
        const folder = process.env.ACCESS_FOLDER;
        // For the table, every rule in every cell; else those that depend on the look, and the others in one.
        const cells = await examine(page, Boolean(folder));
        watch.end();
        mock.stop();
        if (folder) {
          await mkdir(folder, { recursive: true });
          await writeFile(path.join(folder, `${name}.json`), JSON.stringify(cells));
        }
        expect(Object.entries(cells).filter(([, wrong]) => wrong.length > 0)).toEqual([]);
      });
    }
  });
}
