import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CHROMIUM, type Stage, startStage } from "./stage.ts";

const TOKEN = "a-token-of-a-test-1234";
const ADDRESS = "/search?service=front&lookback=1h";

describe.skipIf(CHROMIUM === undefined)("a viewer that asks for a token", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage(TOKEN);
  });
  afterAll(() => stage?.stop());

  test("shows a form, then the page that was asked for; the token is in no address and no script can read the cookie", async () => {
    const page = await stage.open(ADDRESS);
    const send = async (token: string) => {
      await page.getByLabel("VIEWER_TOKEN").fill(token);
      await page.getByRole("button", { name: "Sign in" }).click();
    };
    await send("not the token");
    expect(await page.getByRole("alert").textContent()).toBe("This is not the token.");
    await send(TOKEN);
    await page.locator("select[name=service]").waitFor();
    expect(page.url()).toBe(stage.viewer.url + ADDRESS);
    expect(await page.evaluate<string>("document.cookie")).toBe("");
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    // The browser itself logs the answers that were a form.
    expect(stage.takeFaults().filter((fault) => !fault.includes("401 (Unauthorized)"))).toEqual([]);
  });

  test("shows the form again to a page whose cookie is of no use any more", async () => {
    const page = await stage.open("/logs");
    await page.locator("#summary:not(:text('Loading'))").waitFor();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByLabel("VIEWER_TOKEN").waitFor();
    stage.takeFaults();
  });
});
