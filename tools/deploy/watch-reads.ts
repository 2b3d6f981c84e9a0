/**
 * Finds out which parts of a value a function has looked at. The published Kubernetes validators accept fields that they
 * do not know; but they never look at those, and a misspelt field is one that nobody looked at.
 */

export interface WatchedReads {
  readonly watched: unknown;
  /** Paths, as `/spec/replicas`, of what was not looked at since. */
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
