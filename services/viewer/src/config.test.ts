import { expect, test } from "bun:test";
import { readViewerConfig } from "./config.ts";

const DEFAULTS = {
  host: "127.0.0.1",
  port: 16_686,
  otlpHttpPort: 4318,
  otlpGrpcPort: 4317,
  maxTraces: 10_000,
  maxBytes: 268_435_456,
  allowedOrigins: [],
  token: undefined,
  color: true,
  problems: [],
};

test("nothing is set, or everything is empty", () => {
  expect(readViewerConfig({})).toEqual(DEFAULTS);
  const empty = { VIEWER_HOST: "", VIEWER_PORT: " ", VIEWER_MAX_TRACES: "", NO_COLOR: "" };
  expect(readViewerConfig(empty)).toEqual(DEFAULTS);
});

test("everything is set", () => {
  const config = readViewerConfig({
    VIEWER_HOST: "0.0.0.0",
    VIEWER_PORT: "0",
    VIEWER_OTLP_HTTP_PORT: "1",
    VIEWER_OTLP_GRPC_PORT: "65535",
    VIEWER_MAX_TRACES: "5",
    VIEWER_MAX_BYTES: "1048576",
    VIEWER_ALLOWED_ORIGINS: "http://localhost:*, https://App.example/",
    VIEWER_TOKEN: "0123456789abcdef",
    NO_COLOR: "1",
  });
  expect(config).toEqual({
    host: "0.0.0.0",
    port: 0,
    otlpHttpPort: 1,
    otlpGrpcPort: 65_535,
    maxTraces: 5,
    maxBytes: 1_048_576,
    allowedOrigins: ["http://localhost:*", "https://app.example"],
    token: "0123456789abcdef",
    color: false,
    problems: [],
  });
});

test.each([
  ["VIEWER_PORT", "65536", "port", "0 to 65535", 16_686],
  ["VIEWER_OTLP_HTTP_PORT", "-1", "otlpHttpPort", "0 to 65535", 4318],
  ["VIEWER_OTLP_GRPC_PORT", "4317.5", "otlpGrpcPort", "0 to 65535", 4317],
  ["VIEWER_MAX_TRACES", "0", "maxTraces", "1 to 10000000", 10_000],
  ["VIEWER_MAX_BYTES", "64MiB", "maxBytes", "1048576 to 1099511627776", 268_435_456],
] as const)("%s=%s is reported by name, and the default is used", (name, value, key, range, used) => {
  const config = readViewerConfig({ [name]: value });
  expect(config[key]).toBe(used);
  expect(config.problems).toEqual([`${name} must be a whole number from ${range}, not "${value}": using ${used}.`]);
});

test("an origin that is none is reported and left out, the others are used", () => {
  const config = readViewerConfig({
    VIEWER_ALLOWED_ORIGINS: "http://localhost:*,localhost:3000,,https://a.example/path",
  });
  expect(config.allowedOrigins).toEqual(["http://localhost:*"]);
  expect(config.problems).toEqual(
    ["localhost:3000", "https://a.example/path"].map(
      (text) =>
        `VIEWER_ALLOWED_ORIGINS must list origins such as https://app.example or http://localhost:*, not "${text}": leaving that out.`,
    ),
  );
});

test("a variable that looks like a misspelled one is asked about", () => {
  expect(readViewerConfig({ VIEWER_PROT: "1", viewer_host: "x", VIEWER_MAX_BYTE: " ", VIEW: "1" }).problems).toEqual([
    "VIEWER_PROT is unknown. Did you mean VIEWER_PORT?",
    "viewer_host is unknown. Did you mean VIEWER_HOST?",
  ]);
});

test.each(["VIEWER_TOKNE", "viewer_token"])("a token in %s is not a token: nothing starts", (name) => {
  const read = () => readViewerConfig({ [name]: "0123456789abcdef" });
  expect(read).toThrow(`${name} is unknown. Did you mean VIEWER_TOKEN?`);
});

test.each(["short", "0123456789abcde", "with a space in it", "0123456789abcdef\u00e9", "=0123456789abcdef"])(
  "the token %j cannot be used: nothing starts, rather than a viewer that is open, and the value is not repeated",
  (token) => {
    const read = () => readViewerConfig({ VIEWER_TOKEN: token });
    expect(read).toThrow("VIEWER_TOKEN must be 16 to 256 letters, digits");
    expect(read).not.toThrow(token);
  },
);

test.each([
  ["0.0.0.0", "", 1],
  ["192.168.1.2", "", 1],
  ["0.0.0.0", "0123456789abcdef", 0],
  ["127.0.0.1", "", 0],
  ["localhost", "", 0],
])("on %s with the token %j there are %i warnings", (host, token, count) => {
  const { problems } = readViewerConfig({ VIEWER_HOST: host, VIEWER_TOKEN: token });
  expect(problems).toEqual(count === 0 ? [] : [expect.stringContaining("who reaches it can read, add and delete")]);
});
