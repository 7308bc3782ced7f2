// What an error code means: loaded when a code is on screen, shown below the words of whoever refused.
import { details } from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

const WORDS = "Required fields are missing: [LastName]. Give the contact a last name.";

/** A session in which one record was refused under this code. */
const refused = (code) => ({
  ...details,
  records: [
    {
      record_type: "contact",
      direction: "to_crm",
      outcome: "failed",
      name: "Ada Quill",
      code,
      message: WORDS,
      fields: ["LastName"],
      severity: "moderate",
    },
  ],
  records_total: 1,
});

const serve = (mock, code) => (mock.sessions = { last: refused(code), "s-7": refused(code) });

/** The files of explanations that the page asks for. */
const files = (page) => {
  const asked = [];
  page.on("request", (request) => {
    if (request.url().includes("/explanations/")) asked.push(new URL(request.url()).pathname);
  });
  return asked;
};

test("a refused record is explained in English, with what helps", async ({ mock, open, page, panel }) => {
  const asked = files(page);
  serve(mock, "REQUIRED_FIELD_MISSING");
  await open();
  await expect(panel.label).toHaveText("Enabled");
  expect(asked).toEqual([]);
  await panel.lastSession.click();
  const record = page.locator(".records li");
  await expect(record.locator(".explanation p")).toHaveText([
    "A field that the CRM requires is empty.",
    "You can put this right.",
    "Fill in the fields that are named, then press Force sync.",
  ]);
  await expect(record).toContainText(WORDS);
  await panel.back.click();
  await panel.lastSession.click();
  await expect(record.locator(".explanation")).toBeVisible();
  expect(asked).toEqual(["/locales/explanations/en.json"]);
});

test("switching the language brings the explanations along", async ({ mock, open, page, panel }) => {
  serve(mock, "REQUIRED_FIELD_MISSING");
  await open("#/sessions/last");
  const sentences = page.locator(".records .explanation p");
  await expect(sentences.first()).toHaveText("A field that the CRM requires is empty.");
  await panel.menu.click();
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(sentences.nth(1)).toHaveText("Sie können das beheben.");
});

test.describe("in a German browser", () => {
  test.use({ locale: "de-DE" });

  test("a refused record is explained in German", async ({ mock, open, page }) => {
    const asked = files(page);
    serve(mock, "REQUIRED_FIELD_MISSING");
    await open("#/sessions/last");
    await expect(page.locator(".records .explanation p")).toHaveText([
      "Ein Pflichtfeld des CRM ist leer.",
      "Sie können das beheben.",
      "Füllen Sie die genannten Felder aus und drücken Sie dann „Jetzt abgleichen“.",
    ]);
    expect(asked).toEqual(["/locales/explanations/de.json"]);
  });
});

test("an unknown code keeps its own words and names support", async ({ mock, open, page }) => {
  serve(mock, "NEVER_HEARD_OF");
  await open("#/sessions/last");
  await expect(page.locator(".records li")).toContainText(WORDS);
  await expect(page.locator(".records .explanation p")).toHaveText([
    "This code is not explained here.",
    "Ask support.",
  ]);
});

test("without the file the page is as before, and the next visit to it asks again", async ({ mock, open, page, panel, watch }) => {
  watch.allow(/Failed to load resource.*404/);
  const asked = files(page);
  mock.scriptFile("/explanations/", { status: 404, headers: { "content-type": "text/html" }, body: "" });
  serve(mock, "REQUIRED_FIELD_MISSING");
  await open();
  await expect(panel.label).toHaveText("Enabled");
  const answered = page.waitForResponse(/explanations/);
  await panel.lastSession.click();
  await (await answered).finished();
  await expect(page.locator(".records li")).toContainText(WORDS);
  await expect(page.locator(".explanation p")).toHaveCount(0);
  const comeAgain = async () => {
    await panel.back.click();
    await panel.lastSession.click();
    expect(asked.length).toBeGreaterThan(1);
  };
  await expect(comeAgain).toPass({ intervals: [50] });
  await expect(page.locator(".records li")).toContainText(WORDS);
  await expect(page.locator(".explanation p")).toHaveCount(0);
});

test("the details of the last session's error explain it", async ({ mock, open, page, panel }) => {
  mock.status = {
    ...mock.status,
    last_attempt: {
      ...mock.status.last_attempt,
      outcome: "failed",
      error: { source: "crm", category: "access", code: "INVALID_FIELD", message: "No such column" },
    },
  };
  await open();
  await page.getByRole("button", { name: "Show details" }).click();
  const sentences = panel.root.locator(".explanation p:visible");
  await expect(sentences).toHaveText([
    "A field in the CRM is hidden from you or may not be written by you.",
    "Your administrator can put this right.",
    "Check the field-level security of the field that is named.",
  ]);
  await page.getByRole("button", { name: "Hide details" }).click();
  await expect(sentences).toHaveCount(0);
});
