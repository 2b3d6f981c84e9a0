import { expect, test } from "bun:test";
import { inOneFile, takeByTag } from "./by-tag.ts";

const digest = `@sha256:${"a".repeat(64)}`;
const files = {
  compose: `services:\n  jaeger: { image: "jaegertracing/jaeger:2.20.0${digest}" }\n  front: { build: { context: . } }\n`,
  dockerfile: `FROM oven/bun:1.4.5-slim${digest} AS build\nFROM oven/bun:1.4.5-distroless${digest}\nRUN echo "\${SERVICE}"\n`,
};

test("an image that the engine has, or can only be pulled, is taken by its digest", () => {
  expect(takeByTag(files, () => false)).toBeUndefined();
  expect(takeByTag(files, (image) => image.includes("@"))).toBeUndefined();
  expect(takeByTag({ compose: "", dockerfile: "FROM oven/bun:1.4.5-slim\n" }, () => true)).toBeUndefined();
});

test("an image of which the engine has another one is taken by its tag, and the others stay", () => {
  const taken = takeByTag(files, (image) => image === "jaegertracing/jaeger:2.20.0" || image === "oven/bun:1.4.5-slim");
  expect(taken?.tags).toEqual(["jaegertracing/jaeger:2.20.0", "oven/bun:1.4.5-slim"]);
  expect(taken?.dockerfile).toBe(
    `FROM oven/bun:1.4.5-slim AS build\nFROM oven/bun:1.4.5-distroless${digest}\nRUN echo "\${SERVICE}"\n`,
  );
  expect(JSON.parse(inOneFile(taken ?? files)).services).toEqual({
    jaeger: { image: "jaegertracing/jaeger:2.20.0" },
    front: { build: { context: ".", dockerfile_inline: taken?.dockerfile.replace("$", "$$$$") } },
  });
});
