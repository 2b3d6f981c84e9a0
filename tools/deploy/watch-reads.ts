/**
 * Finds out which fields of a value a function has read. The published Kubernetes validators accept unknown fields, but
 * they never read them. So a field that was not read is misspelt.
 */

export interface WatchedReads {
  readonly watched: unknown;
  /** Paths, such as `/spec/replicas`, of the fields that were not read. */
  unread(): string[];
}

export function watchReads(root: unknown): WatchedReads {
  const read = new Map<object, Set<string>>();
  const proxies = new Map<object, object>();

  const watch = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const known = proxies.get(value);
    if (known !== undefined) return known;
    const keys = new Set<string>();
    const proxy = new Proxy(value, {
      get(target, key, receiver) {
        if (typeof key === "string") keys.add(key);
        return watch(Reflect.get(target, key, receiver));
      },
    });
    read.set(value, keys);
    proxies.set(value, proxy);
    return proxy;
  };

  const unreadIn = (value: unknown, path: string): string[] => {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, part]) => {
      const here = `${path}/${key}`;
      return read.get(value)?.has(key) ? unreadIn(part, here) : [here];
    });
  };

  return { watched: watch(root), unread: () => unreadIn(root, "") };
}
