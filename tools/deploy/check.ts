/**
 * Checks the Kubernetes manifests without a cluster. `--render` writes the rendered manifests first.
 *
 * BATON_REAL_JAEGER is the path of a Jaeger v2 binary. With it, that Jaeger validates its configurations too.
 */
import { createCluster } from "./cluster.ts";
import { validateWithJaeger } from "./jaeger-validate.ts";
import { parseManifests, readManifests, sayTheSame } from "./manifests.ts";
import { type Overlay, overlays, renderOverlay, topicPartitions } from "./overlays.ts";
import { createRules } from "./rules/index.ts";

const rules = createRules({ partitions: await topicPartitions() });
const jaeger = process.env.BATON_REAL_JAEGER;
const problems = (await Promise.all(overlays.map(check))).flat();
for (const problem of problems) console.error(problem);
if (Bun.which("kubectl") === null)
  console.log("kubectl is not installed: the rendered manifests were checked as they are");
if (jaeger === undefined)
  console.log("BATON_REAL_JAEGER is not set: Jaeger's configurations were checked by structure only");
console.log(`${overlays.length} overlays, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function check(overlay: Overlay): Promise<string[]> {
  const fresh = await renderOverlay(overlay);
  if (process.argv.includes("--render") && fresh !== undefined) await Bun.write(overlay.rendered, fresh);
  const rendered = await Bun.file(overlay.rendered).text();
  const { objects, problems } = readManifests(parseManifests(rendered));
  const cluster = createCluster(objects);
  const found = [...problems, ...rules.flatMap((rule) => rule(cluster))];
  if (fresh !== undefined && !sayTheSame(fresh, rendered))
    found.push("rendered manifests are out of date: run bun tools/deploy/check.ts --render");
  if (jaeger !== undefined) found.push(...(await validateWithJaeger(cluster, jaeger)));
  return found.map((problem) => `${overlay.name}: ${problem}`);
}
