import { describe, expect, test } from "bun:test";
import { createCluster } from "@baton/tools/deploy/cluster";
import { parseManifests, readManifests, sayTheSame } from "@baton/tools/deploy/manifests";
import { overlays, renderOverlay, topicPartitions } from "@baton/tools/deploy/overlays";
import { createRules } from "@baton/tools/deploy/rules";
import { type Fault, readFaults } from "./faults.ts";

const rules = createRules({ partitions: await topicPartitions() });
const faults = await readFaults();
const rendered = new Map(
  await Promise.all(overlays.map(async (one) => [one.name, await Bun.file(one.rendered).text()] as const)),
);

function problemsOf(yaml: string): readonly string[] {
  const { objects, problems } = readManifests(parseManifests(yaml));
  const cluster = createCluster(objects);
  return [...problems, ...rules.flatMap((rule) => rule(cluster))];
}

/** Fails when the text to change is not there: else the fault would not be tried. */
function withFault({ overlay, object, from, to = "" }: Fault): string {
  const [kind, name] = object.split(" ");
  const head = new RegExp(`^kind: ${kind}\nmetadata:(?:\n  .*)*?\n  name: ${name}(?:-[a-z0-9]{10})?$`, "m");
  const documents = (rendered.get(overlay) ?? "").split("---\n");
  const index = documents.findIndex((document) => head.test(document));
  const text = documents[index];
  if (text === undefined) throw new Error(`${overlay} has no ${object}`);
  if (from === undefined) return documents.filter((_, at) => at !== index).join("---\n");
  if (!text.includes(from)) throw new Error(`${object} does not say ${from}`);
  return documents.with(index, text.replaceAll(from, to)).join("---\n");
}

describe("the manifests", () => {
  test.each(overlays.map(({ name }) => name))("%s has no fault", (name) => {
    expect(problemsOf(rendered.get(name) ?? "")).toEqual([]);
  });

  test("have no fault either when the update bot has pinned the digests of their images", () => {
    for (const yaml of rendered.values()) {
      const pinned = yaml.replace(/(image: [\w./-]+:[\w.-]+)$/gm, `$1@sha256:${"a".repeat(64)}`);
      expect(pinned).not.toBe(yaml);
      expect(problemsOf(pinned)).toEqual([]);
    }
  });

  test.skipIf(Bun.which("kubectl") === null)("are what kustomize renders from the overlays", async () => {
    for (const overlay of overlays) {
      expect(sayTheSame((await renderOverlay(overlay)) ?? "", rendered.get(overlay.name) ?? "")).toBe(true);
    }
  });
});

test("two renderings are compared by content, not by order", () => {
  const [one, two] = ["kind: Service\nmetadata: {name: a}\n", "metadata: {name: b}\nkind: Service\n"];
  expect(sayTheSame(`${one}---\n${two}`, `${two}---\n${one}`)).toBe(true);
  expect(sayTheSame(`${one}---\n${two}`, `${one}---\n${one}`)).toBe(false);
});

describe("a fault is found", () => {
  const rows = faults.map((fault) => [`${fault.object}: ${fault.says}`, fault] as const);
  test.each(rows)("%s", (_, fault) => {
    expect(problemsOf(withFault(fault)).join("\n")).toContain(fault.says);
  });
});
