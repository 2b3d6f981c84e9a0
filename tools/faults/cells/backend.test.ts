import { expect, test } from "bun:test";
import { requireFault } from "./backend.ts";

test.each([
  [{ behaviour: { status: 503 } }, 0, 10, /\{"status":503\} has hit nothing/],
  [{ behaviour: { network: "drop-idle" } }, 0, 10, /\{"network":"drop-idle"\} has hit nothing/],
  [{ behaviour: {}, permanent: true }, 0, 10, /10 spans were received/],
] as const)("%j was not made where it hit %p times and %p spans were received", (fault, faults, received, message) => {
  expect(() => requireFault(fault, faults, received)).toThrow(message);
});

test.each([
  [{ behaviour: { status: 503 } }, 1, 10],
  [{ behaviour: {} }, 0, 10],
  [{ behaviour: {}, permanent: true }, 0, 0],
] as const)("%j was made where it hit %p times and %p spans were received", (fault, faults, received) => {
  expect(() => requireFault(fault, faults, received)).not.toThrow();
});
