/** Reads faults.yaml: each fault is an edit of the rendered manifests, with the message that it must give. */

export interface Fault {
  readonly overlay: string;
  /** Kind and name. */
  readonly object: string;
  /** Text of that object. @default The whole object is removed. */
  readonly from?: string;
  readonly to?: string;
  readonly says: string;
}

export async function readFaults(): Promise<readonly Fault[]> {
  const rows: unknown = Bun.YAML.parse(await Bun.file(new URL("faults.yaml", import.meta.url)).text());
  if (!Array.isArray(rows) || rows.length === 0) throw new Error("faults.yaml has no faults");
  return rows.map(readFault);
}

function readFault(row: unknown): Fault {
  const { overlay, object, from, to, says } = (row ?? {}) as Record<string, unknown>;
  if (typeof overlay !== "string" || typeof object !== "string" || typeof says !== "string") {
    throw new Error(`not a fault: ${JSON.stringify(row)}`);
  }
  if (from === undefined) return { overlay, object, says };
  if (typeof from !== "string" || typeof to !== "string") throw new Error(`no edit: ${JSON.stringify(row)}`);
  return { overlay, object, from, to, says };
}
