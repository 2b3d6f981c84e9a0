import { expect, test } from "bun:test";
import { retryStatus } from "./answers.ts";

test.each([
  [3600, "08901c"],
  [-3600, "08f0e3ffffffffffffff01"],
])("a delay of %p s is an int64 of protobuf", (seconds, duration) => {
  const hex = retryStatus(8, seconds).toHex();
  expect(hex).toEndWith(`0a${(duration.length / 2).toString(16).padStart(2, "0")}${duration}`);
});
