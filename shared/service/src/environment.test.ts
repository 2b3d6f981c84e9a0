import { describe, expect, test } from "bun:test";
import { readEnvironment } from "./environment.ts";

const port = { min: 0, max: 65_535 };

describe("readEnvironment", () => {
  test("uses what is set", () => {
    const env = readEnvironment({ HOST: "::1", PORT: " 8080 " });
    expect([env.text("HOST", "localhost"), env.integer("PORT", 1, port)]).toEqual(["::1", 8080]);
    expect(env.problems).toEqual([]);
  });

  test("takes an empty variable for one that is not set", () => {
    const env = readEnvironment({ HOST: "", PORT: "  " });
    expect([env.text("HOST", "localhost"), env.integer("PORT", 1, port)]).toEqual(["localhost", 1]);
    expect(env.problems).toEqual([]);
  });

  test.each(["abc", "1.5", "0x10", "1e3", "-1", "65536", "Infinity", "8080 9090"])(
    "reports %p by name with what is used instead",
    (value) => {
      const env = readEnvironment({ PORT: value });
      expect(env.integer("PORT", 3000, port)).toBe(3000);
      expect(env.problems).toEqual([`PORT="${value}" is not a whole number from 0 to 65535: using 3000`]);
    },
  );

  test.each([
    ["0", 0],
    ["65535", 65_535],
  ])("takes both ends of the range: %p", (value, expected) => {
    expect(readEnvironment({ PORT: value }).integer("PORT", 3000, port)).toBe(expected);
  });

  test("reports a URL without the password in it", () => {
    const env = readEnvironment({ ADDRESS: "http://me:s3cret@h:1" });
    env.text("ADDRESS", "h:1", { pattern: /^\w+:\d+$/, description: "host:port" });
    expect(env.problems).toEqual(['ADDRESS="http://h:1" is not host:port: using h:1']);
  });

  test.each([
    [{ FRONT_PROT: "1" }, ["FRONT_PROT is unknown. Did you mean FRONT_PORT?"]],
    [{ front_port: "1" }, ["front_port is unknown. Did you mean FRONT_PORT?"]],
    [{ FRNT_PORT: "1" }, ["FRNT_PORT is unknown. Did you mean FRONT_PORT?"]],
    [{ FRONT_PROT: " " }, []],
    [{ BACK_PORT: "1", PORT: "1", PATH: "/bin" }, []],
  ])("asks about a misspelled name: %j", (source, problems) => {
    const env = readEnvironment(source);
    env.integer("FRONT_PORT", 3000, port);
    expect(env.problems).toEqual(problems);
  });

  test("a word that is not a choice is named with the choices", () => {
    const env = readEnvironment({ TRUST: "never" });
    expect(env.choice("TRUST", "continue", ["continue", "ignore"])).toBe("continue");
    expect(env.problems).toEqual(['TRUST="never" is not continue or ignore: using continue']);
  });

  describe("of a variable that restricts", () => {
    const read = (source: Record<string, string>) => {
      const env = readEnvironment(source, ["ONLY_FROM"]);
      return [env.text("ONLY_FROM", "", { pattern: /^[a-z]+$/, description: "a name" }), env.problems];
    };

    test("takes a good value, and none", () => {
      expect([read({ ONLY_FROM: "a" }), read({ ONLY_FROM: " " }), read({})]).toEqual([
        ["a", []],
        ["", []],
        ["", []],
      ]);
    });

    test.each([
      [{ ONLY_FROM: "a;b" }, 'ONLY_FROM="a;b" is not a name.'],
      [{ ONLY_FORM: "a" }, "ONLY_FORM is unknown. Did you mean ONLY_FROM?"],
    ])("does not replace the mistake in %j by the default", (source, problem) => {
      expect(() => read(source)).toThrow(
        `${problem} ONLY_FROM restricts what callers may do, so the service does not start with a mistake in it. Correct it or remove it.`,
      );
    });
  });
});
