import { expect, test } from "bun:test";
import { until } from "./until.ts";

const soon = { timeoutMs: 50, pollMs: 1 };

test("asks until there is an answer, and returns it", async () => {
  const answers = [undefined, false, 0, 1];
  expect(await until("an answer", () => answers.shift(), soon)).toBe(0);
  expect(answers).toEqual([1]);
});

test("an error is not an answer yet", async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked < 3) throw new Error("away");
    return true;
  };
  expect(await until("it to come", ask, soon)).toBe(true);
});

test("gives up with what it waited for and the last error", async () => {
  expect(until("a six", () => false, soon)).rejects.toThrow(/^a six: not within 50 ms$/);
  const answers = [new Error("no dice"), false];
  const ask = () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  expect(until("a six", ask, soon)).rejects.toThrow(/^a six: not within 50 ms$/);
  const broken = until("a six", () => Promise.reject(new Error("no dice")), soon);
  expect(broken).rejects.toThrow("a six: not within 50 ms: no dice");
});
