/** A real Jaeger validates the configurations that are made for it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IContainer } from "kubernetes-models/v1/Container";
import { type Cluster, variables, type Workload } from "./cluster.ts";
import { configFiles, mountedFiles } from "./rules/references.ts";

/** @param binary A Jaeger v2. Only containers with a Jaeger image are validated. */
export async function validateWithJaeger(cluster: Cluster, binary: string): Promise<readonly string[]> {
  const asked = cluster.workloads.flatMap((workload) =>
    workload.containers
      .filter(({ image }) => image?.startsWith("jaegertracing/jaeger"))
      .map((container) => validate(cluster, workload, container, binary)),
  );
  return (await Promise.all(asked)).flat();
}

async function validate(
  cluster: Cluster,
  workload: Workload,
  container: IContainer,
  binary: string,
): Promise<string[]> {
  const mounted = mountedFiles(cluster, workload.pod, container);
  const folder = await mkdtemp(join(tmpdir(), "baton-config-"));
  try {
    const files = await Promise.all(
      configFiles(container).map(async (path, index) => {
        const copy = join(folder, `${index}.yaml`);
        await Bun.write(copy, mounted.get(path) ?? "");
        return `--config=file:${copy}`;
      }),
    );
    // Values of a Secret or of the pod are not known here, and any text is good enough.
    const unknown = (container.env ?? []).map(({ name }) => [name, `some-${name.toLowerCase()}`]);
    const env = { ...Object.fromEntries(unknown), ...variables(cluster, container) };
    const asking = Bun.spawn([binary, "validate", ...files], { env, stdout: "pipe", stderr: "pipe" });
    const [error, code] = await Promise.all([asking.stderr.text(), asking.exited]);
    return code === 0 ? [] : [`${workload.name}: Jaeger refuses its configuration: ${error.trim()}`];
  } finally {
    await rm(folder, { recursive: true });
  }
}
