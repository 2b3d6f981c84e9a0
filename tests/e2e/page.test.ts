/** The page of front in a real browser: each card is sent, each fault is broken and mended, and the quiz is played. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { faults } from "@baton/demo/lab/faults";
import { queueScenarios } from "@baton/demo/lab/queue";
import { optionScenarios } from "@baton/demo/options";
import { scenarios } from "@baton/demo/scenarios";
import { buildInspector, inspect } from "@baton/viewer/page/inspector";
import type { Locator, Page } from "playwright-core";
import { type BrowserStage, chromiumPath, type Look, startBrowser } from "../support/browser.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";

setDefaultTimeout(60_000);

describe.skipIf(chromiumPath === undefined)("the page of front", () => {
  let stack: TestStack;
  let browser: BrowserStage;

  beforeAll(async () => {
    stack = await startTestStack({}, { lab: true });
    browser = await startBrowser(await buildInspector());
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await stack?.stop();
  });
  afterEach(() => expect(browser.takeFaults()).toEqual([]));

  const open = (look?: Look) => browser.open(`${stack.frontUrl}/`, look);

  test("sends each scenario, and each card says that the trace is as expected", async () => {
    const page = await open();
    for (const { id } of scenarios) {
      expect([id, await send(page.locator(`#send-${id}`))]).toEqual([id, "✓ the trace is as expected"]);
    }
    await page.context().close();
  });

  test("shows the answer, the verdict, the tree and the wire of what was sent", async () => {
    const page = await open();
    await send(page.locator("#send-joined-trace"));
    const stage = page.locator("#send .stage");
    expect(await stage.locator(".verdict").textContent()).toBe(
      "✓Trace: one root, no orphan, every hop joined: page → front → back",
    );
    expect(await colours(stage.locator(".verdict"))).toEqual(await colours(page.locator("#send-joined-trace .state")));
    expect(await stage.locator(".row").count()).toBe(5);
    expect(await stage.locator(".row .bar:visible").count()).toBe(5);
    const href = await stage.getByText("Open in the backend").getAttribute("href");
    expect(href).toMatch(new RegExp(`^${stack.backend.queryUrl}/trace/[0-9a-f]{32}$`));
    const hops = page.locator("#wire .hop");
    expect(await hops.count()).toBe(2);
    const [first, second] = [hops.nth(0), hops.nth(1)];
    // The parent id on the wire is the id of the span that sent it.
    for (const hop of [first, second]) {
      const sender = await hop.locator(".end .span-id").first().textContent();
      expect(await hop.locator(".field").first().locator(".piece.parent code").textContent()).toBe(sender);
    }
    expect(await first.locator(".field", { hasText: "baggage" }).textContent()).toContain("dice.table=blue");
    expect(await second.locator(".changes").textContent()).toBe(
      "front kept the trace id and put its own span id in the place of the parent id.",
    );
    await page.context().close();
  });

  test("shows each option, and each card turns green", async () => {
    const page = await open();
    for (const [index, side] of ["http-server", "http-client", "grpc-server", "grpc-client", "baggage"].entries()) {
      await page.locator("#options .tab").nth(index).click();
      const rows = optionScenarios.filter((row) => row.side === side);
      for (const { id } of rows) {
        expect([id, await send(page.locator(`#send-${id}`))]).toEqual([
          id,
          expect.stringMatching(/^✓ (the trace is as expected|found )/),
        ]);
      }
    }
    await page.context().close();
  });

  test("shows the traces of the three ways over a queue beside each other", async () => {
    const page = await open();
    await page.getByText("Send all three").click();
    for (const { id, right, consumer } of queueScenarios) {
      const column = page.locator(".way-column", { has: page.locator(`#send-${id}`) });
      await column.locator("[data-state=good]").waitFor();
      expect(await column.locator(".note").textContent()).toBe(right);
      expect(await column.locator(".verdict.joined").count()).toBe(consumer === undefined ? 1 : 2);
      const links = Array.from({ length: consumer?.links ?? 0 }, () =>
        expect.stringMatching(/^↗ process baton\.throws links to send baton\.throws [0-9a-f]{16}$/),
      );
      expect(await column.locator(".span-links li").allTextContents()).toEqual(links);
    }
    const tops = await page
      .locator(".way-column")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
    await page.context().close();
  });

  test("the messages of a game are in the trace of this page, and the wire shows what each carried", async () => {
    const page = await open();
    await send(page.locator("#send-table-messages"));
    expect(await page.locator("#send .row").count()).toBe(5);
    const hops = page.locator("#wire .hop");
    expect(await hops.locator(".arrow").allTextContents()).toEqual(["message →", "message →"]);
    expect(await hops.locator(".mark").allTextContents()).toEqual(["left and arrived alike", "left and arrived alike"]);
    await page.context().close();
  });

  test("marks the attribute that an option makes", async () => {
    const page = await open();
    await send(page.locator("#send-http-server-captured-request-headers"));
    const marked = page.locator("#options .wanted");
    expect(await marked.allTextContents()).toEqual(['http.request.header.x-dice-table["blue"]']);
    await page.context().close();
  });

  test.each(faults.map((fault) => [fault.id, fault] as const))("breaks and mends: %s", async (id, fault) => {
    const page = await open();
    expect(await send(page.locator(`#fault-${id}`))).toBe("✓ broken, and the diagnosis names it");
    const stage = page.locator("#break .stage");
    expect(await stage.locator(".finding").count()).toBe(1);
    expect(await stage.locator(".mend").textContent()).toBe(fault.mend.join("\n"));
    await stage.getByText("Send again, mended").click();
    await stage.locator(".mended .finding.good").waitFor();
    await page.context().close();
  });

  test("the header that was dropped is crossed out on the wire", async () => {
    const page = await open();
    await send(page.locator("#fault-header-dropped"));
    const dropped = page.locator("#break .field.dropped", { hasText: "traceparent" });
    expect(await dropped.locator("del .piece").count()).toBe(4);
    // This page sent no traceparent, and read which span has answered.
    const fromBrowser = page.locator("#break .hop", { hasText: "the caller, which sent no span" });
    expect(await fromBrowser.locator(".field").allTextContents()).toEqual([
      "traceparentnot sent: a trace begins here",
      expect.stringMatching(/^← traceresponseleft and arrived alike00version/),
    ]);
    await page.context().close();
  });

  test("the quiz hides the name, takes a guess and says how one could have known", async () => {
    const page = await open();
    await page.locator("#quiz").click();
    const guess = page.locator(".guess");
    await guess.first().waitFor();
    expect(await guess.count()).toBe(4);
    expect(await page.locator("#break .stage .finding").count()).toBe(0);
    await guess.first().click();
    const verdict = (await page.locator(".quiz-answer .verdict").textContent()) ?? "";
    expect(verdict).toMatch(/^(✓ Right|✗ It was): /);
    expect(await page.locator(".quiz-answer .finding").count()).toBeGreaterThan(0);
    expect(await guess.first().isDisabled()).toBeTrue();
    await page.context().close();
  });

  test("a fault that is kept on breaks what others send, until it is switched off", async () => {
    const page = await open();
    const kept = page.locator("#standing-fault");
    await kept.selectOption("front-does-not-inject");
    await page.locator("body.broken").waitFor();
    expect(await (await fetch(`${stack.frontUrl}/lab/fault`)).json()).toEqual({ fault: "front-does-not-inject" });
    await kept.selectOption("");
    await page.locator("body:not(.broken)").waitFor();
    expect(await (await fetch(`${stack.frontUrl}/lab/fault`)).json()).toEqual({ fault: null });
    await page.context().close();
  });

  test("can be used with the keyboard alone", async () => {
    const page = await open();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.locator("main:focus").count()).toBe(1);
    for (
      let presses = 0;
      presses < 10 && (await page.locator("#send-plain-roll .primary:focus").count()) === 0;
      presses++
    ) {
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.locator("#send-plain-roll[data-state=good]").waitFor();
    await page.locator("#send .row").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("#send .span-details", { hasText: "GET /rolldice" }).waitFor();
    await page.locator("#send-queue-link .primary").focus();
    await page.keyboard.press("Enter");
    await page.locator("#send-queue-link[data-state=good]").waitFor();
    await page.context().close();
  });

  test.each([
    { width: 1400, colorScheme: "light" },
    { width: 1400, colorScheme: "dark" },
    { width: 390, colorScheme: "light" },
    { width: 390, colorScheme: "dark" },
  ] as const)("can be read at $width pixels, $colorScheme", async (look) => {
    const page = await open(look);
    await send(page.locator("#send-back-fails"));
    await send(page.locator("#fault-header-dropped"));
    await send(page.locator("#send-http-server-trust-restart"));
    for (const { id } of queueScenarios) await send(page.locator(`#send-${id}`));
    const { lowContrast, width } = await inspect(page);
    expect(lowContrast).toEqual([]);
    expect(width).toBeLessThanOrEqual(look.width);
    await page.context().close();
  });
});

describe.skipIf(chromiumPath === undefined)("the page of front without the lab", () => {
  test("has only Send and The wire; a trace begins at front", async () => {
    await using stack = await startTestStack();
    await using browser = await startBrowser(await buildInspector());
    const page = await browser.open(stack.frontUrl);
    expect(await page.locator("#sections a").allTextContents()).toEqual(["1 Send", "2 The wire"]);
    expect(await send(page.locator("#send-joined-trace"))).toBe("✓ the trace is as expected");
    expect(await page.locator("#send .verdict").textContent()).toContain("every hop joined: front → back");
    expect(await page.locator("#wire .field", { hasText: "not captured" }).count()).toBeGreaterThan(0);
    const away = page.locator("#send-back-away");
    expect(await away.locator("button.primary").count()).toBe(0);
    expect(await away.locator(".note").textContent()).toContain("bun run demo --once --only=back-away");
    expect(browser.takeFaults()).toEqual([]);
  });
});

/** The colour of the text: a good verdict has that of a card that turned green. */
function colours(of: Locator): Promise<string> {
  return of.evaluate("(element) => getComputedStyle(element).color");
}

/** Presses the button of a card, and returns what the card says at the end. */
async function send(card: Locator): Promise<string | null> {
  const page: Page = card.page();
  await card.locator("button.primary").click();
  await card.locator("button.primary:enabled").waitFor();
  await page.locator(".waiting").waitFor({ state: "detached" });
  return card.locator(".state").textContent();
}
