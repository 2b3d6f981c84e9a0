import { expect, test } from "bun:test";
import { createCluster } from "./cluster.ts";
import { validateWithJaeger } from "./jaeger-validate.ts";
import { parseManifests, readManifests } from "./manifests.ts";
import { overlays } from "./overlays.ts";

const jaeger = process.env.BATON_REAL_JAEGER ?? "";

async function askAbout(name: string, edit: (yaml: string) => string): Promise<readonly string[]> {
  const overlay = overlays.find((one) => one.name === name);
  const { objects } = readManifests(parseManifests(edit(await Bun.file(overlay?.rendered ?? "").text())));
  return validateWithJaeger(createCluster(objects), jaeger);
}

// Without BATON_REAL_JAEGER there is none to ask.
test.skipIf(jaeger === "").each(overlays.map(({ name }) => name))("a real Jaeger would start with %s", async (name) => {
  expect(await askAbout(name, (yaml) => yaml)).toEqual([]);
});

test.skipIf(jaeger === "")("a real Jaeger refuses a setting that it does not have", async () => {
  const problems = await askAbout("scale", (yaml) => yaml.replace("decision_wait:", "decision_delay:"));
  expect(problems.join()).toMatch(/jaeger-ingester: Jaeger refuses its configuration: .*decision_delay/s);
});
