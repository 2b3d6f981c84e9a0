import { describe, expect, test } from "bun:test";
import { startFront } from "../testing/start-front.ts";

describe("GET /", () => {
  test("is a page that allows nothing inline and nothing from another server", async () => {
    await using front = startFront();
    const response = await front.get("/");
    const html = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self';");
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:/);
    const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(assets.length).toBeGreaterThan(5);
    for (const path of assets) expect((await front.get(path)).status).toBe(200);
  });

  test("says where traces are and whether the lab is on, as an attribute that no value can leave", async () => {
    const queryPageUrl = 'http://jaeger/">&<script>';
    await using front = startFront({ queryUrl: "http://127.0.0.1:1", queryPageUrl });
    const html = await (await front.get("/")).text();
    const [, facts = ""] = /<body data-facts="([^"]*)">/.exec(html) ?? [];
    const text = facts
      .replaceAll("&quot;", '"')
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
    expect(JSON.parse(text)).toEqual({ queryPageUrl, hasTraces: true, lab: false });
  });

  const withPassword = "https://me:s3@cret@jaeger:1/@ui";
  test.each([
    ["QUERY_URL", { queryUrl: withPassword }],
    ["QUERY_PAGE_URL", { queryUrl: "http://jaeger", queryPageUrl: withPassword }],
  ])("does not print the user and the password of %s", async (_, config) => {
    await using front = startFront(config);
    const html = await (await front.get("/")).text();
    expect(html).toContain("https://jaeger:1/@ui");
    expect(html).not.toContain("cret");
  });

  test("has spans for the page, and none for what the page asks for by itself", async () => {
    await using front = startFront();
    await front.get("/assets/page.js");
    await front.get(`/lab/traces/${"a".repeat(32)}`);
    await front.get("/");
    const [span] = await front.waitForSpans(1);
    expect(span?.name).toBe("GET /");
  });
});

test.each(["/", "/assets/page.js", `/lab/traces/${"a".repeat(32)}`, "/lab/traces?start=0&end=1", "/lab/metrics"])(
  "%s is not served under a name that only leads to this machine",
  async (path) => {
    await using backend = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json({ data: [] }) });
    await using front = startFront({ queryUrl: backend.url.href, lab: true });
    const url = new URL(path, front.server.listen("127.0.0.1", 0));
    const status = async (host: string) => (await fetch(url, { headers: { host } })).status;
    expect(await status("rebound.example")).toBe(421);
    expect(await status("localhost:3000")).toBe(200);
    expect(await status("127.0.0.1")).toBe(200);
  },
);

test("a file that is not there is 404", async () => {
  await using front = startFront();
  for (const path of ["/assets/none.js", "/assets/constructor", "/assets/..%2Fpage.html"]) {
    expect([path, (await front.get(path)).status]).toEqual([path, 404]);
  }
});

test.each([
  ["GET", "/lab/traces?start=0&end=1"],
  ["GET", "/lab/metrics"],
  ["GET", "/lab/fault"],
  ["POST", "/lab/browser-spans"],
  ["GET", "/options/http-server/span-name"],
])("without LAB there is no %s %s", async (method, path) => {
  await using front = startFront({ queryUrl: "http://127.0.0.1:1" });
  expect((await front.get(path, { method })).status).toBe(404);
});
