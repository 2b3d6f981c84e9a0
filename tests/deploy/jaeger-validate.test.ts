import { expect, test } from "bun:test";
import { createCluster } from "@baton/tools/deploy/cluster";
import { validateWithJaeger } from "@baton/tools/deploy/jaeger-validate";
import { parseManifests, readManifests } from "@baton/tools/deploy/manifests";
import { overlays } from "@baton/tools/deploy/overlays";

const jaeger = process.env.BATON_REAL_JAEGER ?? "";

async function askAbout(name: string, edit: (yaml: string) => string): Promise<readonly string[]> {
  const overlay = overlays.find((one) => one.name === name);
  const { objects } = readManifests(parseManifests(edit(await Bun.file(overlay?.rendered ?? "").text())));
  return validateWithJaeger(createCluster(objects), jaeger);
}

// Only when BATON_REAL_JAEGER names a Jaeger.
test.skipIf(jaeger === "").each(overlays.map(({ name }) => name))("a real Jaeger would start with %s", async (name) => {
  expect(await askAbout(name, (yaml) => yaml)).toEqual([]);
});

test.skipIf(jaeger === "")("a real Jaeger refuses a setting that it does not have", async () => {
  const problems = await askAbout("scale", (yaml) => yaml.replace("decision_wait:", "decision_delay:"));
  expect(problems.join()).toMatch(/jaeger-ingester: Jaeger refuses its configuration: .*decision_delay/s);
});
