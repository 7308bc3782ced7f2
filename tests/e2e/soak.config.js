// Not journeys: the panel under load and over a long day (`npm run soak`). They stand on the journeys' fixtures; one at a
// time, so that nothing else has the processor.
import config from "./playwright.config.js";

export default { ...config, testDir: "soak", fullyParallel: false, workers: 1, retries: 0, timeout: 1_800_000, reporter: [["line"]] };
