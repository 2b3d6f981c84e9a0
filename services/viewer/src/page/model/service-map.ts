/** The map of services, as `/api/viewer/map` gives it, and where to draw each of them. */

export interface ServiceMap {
  /** How many traces were read. */
  readonly traces: number;
  /** How many traces match; the newest of them are read. */
  readonly total: number;
  /** The busiest first. */
  readonly nodes: readonly MapNode[];
  /** How many are not listed. */
  readonly moreNodes: number;
  /** Between those that are listed, the most frequent first. */
  readonly calls: readonly MapCall[];
}

export interface MapNode {
  readonly name: string;
  /** 0 for what sends no spans itself: a database, a broker, a service of somebody else. */
  readonly spans: number;
  readonly errors: number;
}

export interface MapCall {
  readonly from: string;
  readonly to: string;
  /** A protocol or a system, such as `grpc` or `postgresql`; empty where the spans do not say it. */
  readonly over: string;
  readonly count: number;
  readonly errors: number;
  /** Microseconds, as the caller saw them where it has a span for the call. */
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export interface Place {
  /** Steps away from where calls begin. */
  readonly layer: number;
  /** Among those of its layer; the middle of each layer is 0. */
  readonly slot: number;
}

/** Callers stand before those that they call, and each service near those that call it. A circle of calls is cut. */
export function placeNodes({ nodes, calls }: Pick<ServiceMap, "nodes" | "calls">): ReadonlyMap<string, Place> {
  const order = callersFirst(nodes, calls);
  const layers = new Map([...order.keys()].map((name) => [name, 0]));
  for (const [name, position] of order) {
    for (const { from, to } of calls) {
      const isForward = from === name && (order.get(to) ?? -1) > position;
      if (isForward) layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(name) ?? 0) + 1));
    }
  }
  return slotsOf(layers, calls);
}

/** Each name with its position; where calls go in a circle, some callee has to stand before its caller. */
function callersFirst(nodes: readonly MapNode[], calls: readonly MapCall[]): ReadonlyMap<string, number> {
  const callees = Map.groupBy(calls, ({ from }) => from);
  const called = new Set(calls.flatMap(({ from, to }) => (from === to ? [] : [to])));
  const begun = new Set<string>();
  const ended: string[] = [];
  const visit = (name: string) => {
    if (begun.has(name)) return;
    begun.add(name);
    for (const { to } of (callees.get(name) ?? []).toReversed()) visit(to);
    ended.push(name);
  };
  const names = nodes.map(({ name }) => name);
  // From the end, because what is visited last comes first.
  for (const name of [...names.filter((name) => !called.has(name)).reverse(), ...names]) visit(name);
  return new Map(ended.reverse().map((name, position) => [name, position]));
}

function slotsOf(layers: ReadonlyMap<string, number>, calls: readonly MapCall[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const pull = (name: string) => {
    const slots = calls.flatMap(({ from, to }) => (to === name ? (places.get(from)?.slot ?? []) : []));
    return slots.reduce((sum, slot) => sum + slot, 0) / Math.max(1, slots.length);
  };
  const byLayer = [...Map.groupBy(layers, ([, layer]) => layer)].sort(([a], [b]) => a - b);
  for (const [layer, entries] of byLayer) {
    const pulled = entries.map(([name]) => ({ name, at: pull(name) })).sort((a, b) => a.at - b.at);
    for (const [index, { name }] of pulled.entries())
      places.set(name, { layer, slot: index - (pulled.length - 1) / 2 });
  }
  return places;
}
