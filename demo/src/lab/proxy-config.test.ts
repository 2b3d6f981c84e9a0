import { expect, test } from "bun:test";
import { readProxyConfig } from "./proxy-config.ts";

test("without variables the proxy listens on this machine, on any free port", () => {
  expect(readProxyConfig({})).toEqual({
    host: "127.0.0.1",
    port: 0,
    strangerPort: 0,
    backAddress: "127.0.0.1:50051",
  });
});

test.each(["LAB_PROXY_PORT", "LAB_STRANGER_PORT"])("%s that is no port is refused by name", (name) => {
  for (const value of ["abc", "-1", "65536", "1.5"]) {
    expect(() => readProxyConfig({ [name]: value })).toThrow(`${name} must be a whole number from 0 to 65535`);
  }
});
