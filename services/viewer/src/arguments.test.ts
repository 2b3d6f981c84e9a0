import { expect, test } from "bun:test";
import { readArguments } from "./arguments.ts";

test("files may be named with a blank or an equals sign, any number of them", () => {
  expect(readArguments(["--file", "a.json", "--file=b=c.json"])).toEqual({
    files: ["a.json", "b=c.json"],
    help: false,
  });
  expect(readArguments([])).toEqual({ files: [], help: false });
  expect(readArguments(["-h"])).toMatchObject({ help: true });
});

test.each([
  [["--file"], "--file must be followed by a path"],
  [["--file="], "--file must be followed by a path"],
  [["a.json"], "there is no argument a.json"],
  [["--port=1"], "there is no argument --port=1"],
])("%p is refused", (given, message) => {
  expect(() => readArguments(given)).toThrow(message);
});
