/** Pages of strangers in a real browser, against front with its lab and against the viewer; and a scan of every answer. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import type { Browser, Frame, Page } from "playwright-core";
import { chromiumPath, launchBrowser } from "../support/browser.ts";
import { processTimeoutMs, startTestStack, type TestStack } from "../support/stack.ts";

setDefaultTimeout(2 * processTimeoutMs);

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({}, { lab: true });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/** New releases of Chromium ask before a page of a public address reaches this machine. Other browsers do not. */
const withoutOwnGuard = ["--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"];
const stranger = await readFile(new URL("foreign-page.html", import.meta.url), "utf8");
const asHtml = { "content-type": "text/html" };

const state = async () => {
  const fault = await (await fetch(`${stack.frontUrl}/lab/fault`)).json();
  const { data } = (await (await fetch(`${stack.backend.queryUrl}/api/services`)).json()) as {
    readonly data: readonly string[];
  };
  return { fault, services: data.toSorted() };
};

describe.skipIf(chromiumPath === undefined)("a page of a stranger", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser("--host-resolver-rules=MAP *.example 127.0.0.1", ...withoutOwnGuard);
    // So that there is a trace to be read and to be forgotten.
    await fetch(`${stack.frontUrl}/rolldice`);
  });
  afterAll(() => browser?.close());

  test.each([
    ["of another site reads nothing and changes nothing", "127.0.0.1", []],
    // As docs/viewer.md says: `bun run demo` lets the pages that somebody develops on this machine send their spans.
    ["of another port of this machine can send spans, and nothing else", "localhost", ["POST /v1/traces"]],
  ])("%s", async (_, name, achieved) => {
    await using site = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response(stranger, { headers: asHtml }),
    });
    const page = await browser.newPage();
    await page.goto(`http://${name}:${site.port}/`);
    const before = await state();
    expect(await attack(page)).toEqual(achieved);
    expect(await state()).toEqual(before);
    await page.close();
  });

  test("in a frame without rights, whose origin is null, reads nothing and changes nothing", async () => {
    const page = await browser.newPage();
    await page.route("**/frame", (route) => route.fulfill({ contentType: "text/html", body: stranger }));
    await page.setContent('<iframe sandbox="allow-scripts allow-forms" src="http://127.0.0.1:9/frame"></iframe>');
    const frame = page.frames()[1];
    if (frame === undefined) throw new Error("there is no frame");
    await frame.waitForLoadState();
    const before = await state();
    expect(await frame.evaluate("origin")).toBe("null");
    expect(await attack(frame)).toEqual([]);
    expect(await state()).toEqual(before);
    await page.close();
  });

  test.each([["front"], ["viewer"]] as const)(
    "whose name now leads to %s is refused under that name",
    async (target) => {
      const { port } = new URL(target === "front" ? stack.frontUrl : stack.backend.queryUrl);
      const url = `http://rebound.example:${port}`;
      const page = await browser.newPage();
      // The page came from the stranger's server, before its name was changed to this machine.
      await page.route(`${url}/stranger`, (route) => route.fulfill({ contentType: "text/html", body: stranger }));
      await page.goto(`${url}/stranger`);
      const paths =
        target === "front"
          ? ["/", "/lab/fault", "/lab/traces?start=0&end=1", "/rolldice", "/options/target"]
          : ["/search", "/api/traces"];
      const statuses = await page.evaluate(
        (asked) => Promise.all(asked.map(async (path) => (await fetch(path)).status)),
        paths,
      );
      expect(statuses).toEqual(paths.map(() => (target === "front" ? 421 : 403)));
      const body = JSON.stringify({ fault: "header-dropped" });
      const change =
        target === "front"
          ? { path: "/lab/fault", method: "PUT", body }
          : { path: "/api/viewer/clear", method: "POST", body: "" };
      const changed = await page.evaluate(
        async ({ path, method, body }) =>
          (await fetch(path, { method, body, headers: { "content-type": "application/json" } })).status,
        change,
      );
      expect(changed).toBe(target === "front" ? 421 : 403);
      await page.close();
    },
  );
});

/** Runs `attack` of foreign-page.html. @returns The names of what it achieved. */
function attack(page: Page | Frame): Promise<readonly string[]> {
  const { queryUrl, otlpUrl } = stack.backend;
  return page.evaluate(`attack(${JSON.stringify({ front: stack.frontUrl, viewer: queryUrl, otlp: otlpUrl })})`);
}

const required: Readonly<Record<string, RegExp>> = {
  "content-security-policy": /^default-src 'none';.*frame-ancestors 'none'/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "permissions-policy": /camera=\(\)/,
  "referrer-policy": /^no-referrer$/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "cache-control": /^(no-store|no-cache|public, max-age=86400)$/,
};

test("every answer of front, with its lab, has the headers that a scanner asks for and no banner", async () => {
  const { paths } = (await (await fetch(`${stack.frontUrl}/openapi`)).json()) as {
    readonly paths: Readonly<Record<string, object>>;
  };
  const page = await (await fetch(stack.frontUrl)).text();
  const assets = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
  const lab = [
    "/lab/fault",
    "/lab/queue",
    "/lab/stranger",
    "/lab/traces?start=0&end=1",
    "/lab/metrics",
    "/lab/browser-spans",
  ];
  const options = [
    "/options/target",
    "/options/http-server/span-name",
    "/options/grpc-client/span-name",
    "/options/nothing",
  ];
  const asked = ["/", "/favicon.ico", "/openapi", "/nothing", ...Object.keys(paths), ...assets, ...lab, ...options];
  expect(asked.length).toBeGreaterThan(25);
  for (const path of asked) {
    for (const request of [
      {},
      { method: "DELETE" },
      { headers: { origin: "null" } },
      { headers: { host: "rebound.example" } },
    ]) {
      const { status, headers } = await fetch(new URL(path, stack.frontUrl), { ...request, redirect: "manual" });
      const wrong = Object.entries(required).filter(([name, value]) => !value.test(headers.get(name) ?? ""));
      expect([path, request, status, wrong.map(([name]) => name)]).toEqual([path, request, status, []]);
      expect([headers.get("server"), headers.get("x-powered-by"), headers.get("access-control-allow-origin")]).toEqual([
        null,
        null,
        null,
      ]);
    }
  }
});
