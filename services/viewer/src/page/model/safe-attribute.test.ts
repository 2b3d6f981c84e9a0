import { expect, test } from "bun:test";
import { checkAttribute } from "./safe-attribute.ts";

test.each([
  ["class", "row"],
  ["aria-level", "2"],
  ["data-slash", ""],
  ["href", "/trace/4bf92f3577b34da6a3ce929d0e0e4736#span=00f067aa0ba902b7"],
  ["href", "#main"],
])("%s=%p is set", (name, value) => expect(() => checkAttribute(name, value)).not.toThrow());

test.each([
  ["style", "color:red"],
  ["onclick", "alert(1)"],
  ["src", "/x"],
  ["srcdoc", "<b>"],
  ["href", "javascript:alert(1)"],
  ["href", "https://example.com/"],
  ["href", "//example.com/"],
  ["href", "/\\example.com/"],
  ["href", " /x"],
  ["href", ""],
])("%s=%p is refused", (name, value) => expect(() => checkAttribute(name, value)).toThrow());
