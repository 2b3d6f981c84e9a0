import { describe, expect, test } from "bun:test";
import { readFrontConfig } from "./config.ts";

test("an empty environment gives the documented defaults", () => {
  expect(readFrontConfig({})).toEqual({
    host: "127.0.0.1",
    port: 3000,
    backAddress: "127.0.0.1:50051",
    callTimeoutMs: 2000,
    bodyTimeoutMs: 30_000,
    tableTimeoutMs: 300_000,
    trust: "continue",
    shutdownTimeoutMs: 10_000,
    queryUrl: "",
    queryPageUrl: "",
    queryToken: "",
    allowedHosts: [],
    lab: false,
    problems: [],
  });
});

test("each variable is read", () => {
  const env = {
    FRONT_HOST: "0.0.0.0",
    FRONT_PORT: "0",
    BACK_ADDRESS: "back:50051",
    CALL_TIMEOUT_MS: "1",
    BODY_TIMEOUT_MS: "2",
    TABLE_TIMEOUT_MS: "3",
    FRONT_TRUST: "restart",
    SHUTDOWN_TIMEOUT_MS: "0",
    QUERY_URL: "http://jaeger:16686",
    QUERY_PAGE_URL: "https://traces.example/jaeger",
    QUERY_TOKEN: "a-token-of-a-viewer",
    FRONT_ALLOWED_HOSTS: "Dice.example, localhost:8080",
    LAB: "1",
  };
  expect(readFrontConfig(env)).toEqual({
    host: "0.0.0.0",
    port: 0,
    backAddress: "back:50051",
    callTimeoutMs: 1,
    bodyTimeoutMs: 2,
    tableTimeoutMs: 3,
    trust: "restart",
    shutdownTimeoutMs: 0,
    queryUrl: "http://jaeger:16686",
    queryPageUrl: "https://traces.example/jaeger",
    queryToken: "a-token-of-a-viewer",
    allowedHosts: ["dice.example", "localhost:8080"],
    lab: true,
    problems: [],
  });
});

test("bad numbers are named and replaced", () => {
  const config = readFrontConfig({ FRONT_PORT: "http", CALL_TIMEOUT_MS: "0", SHUTDOWN_TIMEOUT_MS: "-1" });
  expect([config.port, config.callTimeoutMs, config.shutdownTimeoutMs]).toEqual([3000, 2000, 10_000]);
  expect(config.problems.map((problem) => problem.split("=")[0])).toEqual([
    "FRONT_PORT",
    "CALL_TIMEOUT_MS",
    "SHUTDOWN_TIMEOUT_MS",
  ]);
});

describe("a mistake in what keeps callers out is an error, not the default that lets them in:", () => {
  test.each([
    ["FRONT_TRUST", "never", "is not continue or restart or ignore."],
    ["FRONT_ALLOWED_HOSTS", "dice.example; b.example", "is not names or addresses separated by commas"],
    ["FRONT_ALLOWED_HOSTS", "https://dice.example", "is not names or addresses separated by commas"],
    ["FRONT_ALLOWED_HOSTS", "*.example", "is not names or addresses separated by commas"],
    ["FRONT_ALLOWED_HOSTS", "fd00::1", "is not names or addresses separated by commas"],
  ])("%s=%s", (name, value, rule) => {
    expect(() => readFrontConfig({ [name]: value })).toThrow(`${name}="${value}" ${rule}`);
  });

  test("a misspelled name", () => {
    expect(() => readFrontConfig({ FRONT_ALLOWED_HOST: "dice.example" })).toThrow("Did you mean FRONT_ALLOWED_HOSTS?");
  });
});

test("FRONT_ALLOWED_HOSTS takes addresses", () => {
  const { allowedHosts } = readFrontConfig({ FRONT_ALLOWED_HOSTS: "[FD00::1],[::1]:3000 , 10.1.2.3" });
  expect(allowedHosts).toEqual(["[fd00::1]", "[::1]:3000", "10.1.2.3"]);
});

describe("BACK_ADDRESS", () => {
  test.each([
    "localhost:50051",
    "10.0.0.1:1",
    "[::1]:50051",
    "back.shop_1.svc:65535",
    "dns:///back.shop:50051",
    "dns://127.0.0.1:53/back:50051",
    "ipv4:127.0.0.1:1",
    "ipv4:127.0.0.1:1,127.0.0.2:2",
  ])("takes %p", (address) => {
    expect(readFrontConfig({ BACK_ADDRESS: address })).toMatchObject({ backAddress: address, problems: [] });
  });

  test.each([
    "localhost",
    "http://localhost:50051",
    ":50051",
    "back:",
    "::1:50051",
    "a b:1",
    "dns:///back",
    "ipv4:back:1",
  ])("refuses %p", (address) => {
    expect(readFrontConfig({ BACK_ADDRESS: address })).toMatchObject({
      backAddress: "127.0.0.1:50051",
      problems: [
        `BACK_ADDRESS="${address}" is not host:port, dns:///host:port or ipv4:host:port,host:port: using 127.0.0.1:50051`,
      ],
    });
  });
});
