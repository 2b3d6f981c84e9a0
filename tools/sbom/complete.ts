/** Whether a bill of materials names every package of a lock file. */

export interface Bill {
  readonly components?: readonly { readonly purl?: string }[];
}

/** Each `name@version` of a package in bun.lock; the workspaces have no version. */
export function packagesIn(lock: string): readonly string[] {
  const resolved = [...lock.matchAll(/^ {4}"[^"]+": \["([^"]+)"/gm)].map(([, name = ""]) => name);
  return [...new Set(resolved.filter((name) => !name.includes("@workspace:")))];
}

/** The packages of the lock file that are not on the bill. */
export function missingFrom({ components = [] }: Bill, lock: string): readonly string[] {
  const named = new Set(components.map(({ purl = "" }) => decodeURIComponent(purl.replace(/^pkg:npm\/|\?.*$/g, ""))));
  return packagesIn(lock).filter((name) => !named.has(name));
}
