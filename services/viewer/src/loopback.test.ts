import { expect, test } from "bun:test";
import { isLoopback, namesLoopback } from "./loopback.ts";

test.each(["localhost", "LOCALHOST", "localhost.", "viewer.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])(
  "%s is this machine only",
  (host) => {
    expect(isLoopback(host)).toBeTrue();
  },
);

test.each([
  "0.0.0.0",
  "::",
  "192.168.1.2",
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "notlocalhost",
  "",
])("%j is not", (host) => {
  expect(isLoopback(host)).toBeFalse();
});

test.each([
  ["localhost:16686", true],
  ["127.0.0.1", true],
  ["[::1]:16686", true],
  ["evil.example:16686", false],
  ["127.0.0.1.evil.example", false],
  ["localhost:80@evil.example", false],
  ["", false],
])("a request for %j names this machine: %p", (host, expected) => {
  expect(namesLoopback(host)).toBe(expected);
});
