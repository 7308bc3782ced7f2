// Not journeys: how quickly the status is on screen inside each host, and pictures of that (`npm run hosts`). They stand on
// the journeys' fixtures; one at a time, so that nothing else has the processor.
import config from "./playwright.config.js";

export default { ...config, testDir: "hosts", fullyParallel: false, workers: 1, retries: 0, timeout: 180_000, reporter: [["line"]] };
