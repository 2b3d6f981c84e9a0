import { describe, expect, test } from "bun:test";
import { createCallerCheck } from "./caller-check.ts";
import { ProblemError } from "./problem.ts";
import { securityHeaders } from "./security-headers.ts";
import { startFront } from "./testing/start-front.ts";

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns 200, or the status of the refusal. */
function ask(
  { path = "/rolldice", method = "GET", headers = {} }: Asked,
  { address = "127.0.0.1", allowedHosts = [] as readonly string[], lab = false } = {},
): number {
  const request = new Request(`http://x${path}`, { method, headers: { host: "localhost:3000", ...headers } });
  try {
    createCallerCheck({ allowedHosts, lab })(request, { hostname: address });
    return 200;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.status;
    throw error;
  }
}

const ofPage = ["/", "/assets/page.js", "/lab/fault", "/lab/traces/1", "/options/http-server/span-name"];
const ofApi = ["/rolldice", "/rolldice/stream", "/relay", "/healthz/", "/openapi", "/labs", "/assetsx"];
const rebound = { host: "rebound.example:3000" };

describe("a name that only leads to this machine", () => {
  test.each(ofPage)("is refused at %s where front listens on loopback, and nowhere else", (path) => {
    expect(ask({ path, headers: rebound })).toBe(421);
    expect(ask({ path, headers: rebound }, { address: "::1" })).toBe(421);
    expect(ask({ path, headers: rebound }, { address: "0.0.0.0" })).toBe(200);
    expect(ask({ path })).toBe(200);
  });

  test.each(ofApi)("is refused at %s only with the lab, or with a list", (path) => {
    expect(ask({ path, headers: rebound })).toBe(200);
    expect(ask({ path, headers: rebound }, { lab: true })).toBe(421);
    expect(ask({ path, headers: rebound }, { allowedHosts: ["dice.example"], address: "0.0.0.0" })).toBe(421);
  });

  test.each(["/healthz", "/readyz"])(
    "is allowed at %s always: an orchestrator asks for the address of the pod",
    (path) => {
      expect(ask({ path, headers: rebound }, { lab: true })).toBe(200);
      expect(ask({ path, headers: rebound }, { allowedHosts: ["dice.example"], address: "0.0.0.0" })).toBe(200);
      const foreign = { ...rebound, origin: "http://evil.example" };
      expect(ask({ path, headers: foreign }, { allowedHosts: ["dice.example"], address: "0.0.0.0" })).toBe(403);
    },
  );

  test.each([
    ["dice.example", 200],
    ["DICE.example:8443", 200],
    ["127.0.0.1:3000", 200],
    ["[::1]:3000", 200],
    ["10.1.2.3:3000", 200],
    ["10.1.2.4:3000", 421],
    ["evil-dice.example", 421],
    ["dice.example.evil.example", 421],
    ["", 421],
  ])("with the list dice.example, on 10.1.2.3, the name %j gets %i", (host, status) => {
    expect(ask({ headers: { host } }, { allowedHosts: ["dice.example"], address: "10.1.2.3" })).toBe(status);
  });
});

test.each(["[fd00::2]", "[fd00::1]:3000"])("with a list that has [fd00::2], on fd00::1, %s is a name", (host) => {
  const list = { allowedHosts: ["[fd00::2]"] };
  expect(ask({ headers: { host } }, { ...list, address: "fd00::1" })).toBe(200);
  expect(ask({ headers: { host: "[fd00::3]" } }, { ...list, address: "fd00::1" })).toBe(421);
});

const table = { path: "/rolldice/table", headers: { upgrade: "websocket" } };
const changes: readonly Asked[] = [
  { path: "/lab/fault", method: "PUT" },
  { path: "/lab/browser-spans", method: "POST" },
  { path: "/rolldice/tally", method: "POST" },
  { path: "/rolldice", method: "DELETE" },
  table,
];

describe.each(changes)("a page that asks for %j", (asked) => {
  test.each([
    ["of another site", { origin: "http://evil.example" }, 403],
    ["of another port of this machine", { origin: "http://localhost:5173", "sec-fetch-site": "same-site" }, 403],
    ["of a file, or a frame without rights", { origin: "null" }, 403],
    ["of another site in a frame without rights", { origin: "null", "sec-fetch-site": "cross-site" }, 403],
    ["of nonsense", { origin: "localhost:3000" }, 403],
    ["of front", { origin: "http://localhost:3000" }, 200],
    ["of front, where a proxy ended TLS", { origin: "https://localhost:3000" }, 200],
    ["of front, where a proxy changed Host", { origin: "https://dice.example", "sec-fetch-site": "same-origin" }, 200],
    ["and is none, but a program", {}, 200],
  ])("%s", (_, headers, status) => {
    for (const address of ["127.0.0.1", "0.0.0.0"]) {
      const all = { ...asked, headers: { ...asked.headers, ...headers } };
      expect([address, ask(all, { address })]).toEqual([address, status]);
    }
  });

  test("of a listed host", () => {
    const from = (origin: string) =>
      ask({ ...asked, headers: { ...asked.headers, origin } }, { allowedHosts: ["a.example", "localhost:5173"] });
    expect([from("https://a.example"), from("http://localhost:5173")]).toEqual([200, 200]);
    expect([from("https://b.a.example"), from("https://a.example:444"), from("http://localhost:1")]).toEqual([
      403, 403, 403,
    ]);
  });
});

describe("a page of another site that only reads", () => {
  const image = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  test.each([
    ["/", image, 403],
    ["/", link, 200],
    ["/", { ...link, "sec-fetch-dest": "iframe" }, 403],
    ["/lab/stranger", image, 403],
    ["/lab/stranger", link, 403],
    ["/lab/stranger", { ...image, "sec-fetch-site": "same-site" }, 403],
    ["/options/target", link, 403],
    ["/rolldice", image, 200],
    ["/lab/fault", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }, 200],
    ["/lab/fault", { origin: "http://localhost:5173" }, 403],
  ])("gets for %s with %j: %i", (path, headers, status) => {
    expect(ask({ path, headers })).toBe(status);
    expect(ask({ path, headers }, { lab: true })).toBe(path === "/rolldice" ? 403 : status);
  });
});

test("the refusal comes before the handshake, and as a problem with the headers of every answer", async () => {
  await using front = startFront();
  const url = new URL("/rolldice/table", front.server.listen("127.0.0.1", 0));
  const response = await fetch(url, {
    headers: {
      origin: "http://evil.example",
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    },
  });
  expect([response.status, response.headers.get("content-type")]).toEqual([403, "application/problem+json"]);
  expect(Object.fromEntries(response.headers)).toMatchObject(securityHeaders);
});
