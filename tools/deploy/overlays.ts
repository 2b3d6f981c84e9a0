/** The overlays and their rendered form, which is committed so that people without kustomize can read and apply it. */
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../deploy/k8s/", import.meta.url));

export interface Overlay {
  readonly name: string;
  readonly source: string;
  /** The path of the output of kustomize. */
  readonly rendered: string;
}

export const overlays: readonly Overlay[] = ["base", "overlays/scale", "overlays/scale-opensearch"].map((path) => {
  const name = path.split("/").at(-1) ?? path;
  return { name, source: folder + path, rendered: `${folder}rendered/${name}.yaml` };
});

const head = "# Made by `bun tools/deploy/check.ts --render` from the overlay of this name. Do not edit.\n";

/** @returns `undefined` when kubectl is not installed. */
export async function renderOverlay({ source }: Overlay): Promise<string | undefined> {
  const kubectl = Bun.which("kubectl");
  if (kubectl === null) return undefined;
  const rendering = Bun.spawn([kubectl, "kustomize", source], { stdout: "pipe", stderr: "pipe" });
  const [text, error, code] = await Promise.all([rendering.stdout.text(), rendering.stderr.text(), rendering.exited]);
  if (code !== 0) throw new Error(`kubectl kustomize ${source}: ${error.trim()}`);
  return head + text;
}

/** The partitions of the spans topic in the example for the Kafka operator. */
export async function topicPartitions(): Promise<number> {
  const documents: unknown = Bun.YAML.parse(await Bun.file(`${folder}operators/strimzi.yaml`).text());
  const topics = (Array.isArray(documents) ? documents : []).filter((one) => one?.kind === "KafkaTopic");
  const partitions: unknown = topics.find((topic) => topic.spec?.topicName === "otlp_spans")?.spec?.partitions;
  if (typeof partitions !== "number") throw new Error("operators/strimzi.yaml makes no topic otlp_spans");
  return partitions;
}
