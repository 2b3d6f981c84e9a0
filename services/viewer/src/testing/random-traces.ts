/** Traces and searches made at random, the same for the same seed. */
import type { Attributes, GroupSpec, SpanSpec } from "./otlp.ts";

export interface Random {
  /** A whole number of at least 0 and below `end`. */
  below(end: number): number;
  /** True in one case of so many. */
  oneOf(cases: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}

/** The generator mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    oneOf: (cases) => below(cases) === 0,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("there is nothing to pick");
      return item;
    },
  };
}

const SERVICES = ["front", "back", "gate way", "größe", "a/b"] as const;
const OPERATIONS = ["GET /", "Roll", "query", "send orders", "日本"] as const;
const VALUES = ["x", "true", "1", "", "a b", "é", 1n, 200n, -7n, 0.5, 3, 1e21, true, false] as const;
const KEYS = ["http.route", "error", "user id", "n", "db.system"] as const;
/** Without `error`: Jaeger looks at the status for it, whatever the value is, and never at an attribute of that name. */
const SEARCH_KEYS = KEYS.filter((key) => key !== "error");
const SECOND = 1_000_000_000;

/** Traces of 1 to 12 spans. Ids are not repeated: what is sent twice is kept once here, and twice there. */
export function randomTraces(random: Random, count: number): readonly (readonly GroupSpec[])[] {
  let lastSpan = 0;
  const hex = (number: number, length: number) => number.toString(16).padStart(length, "0");
  return Array.from({ length: count }, (_, index) => {
    // Of some, the upper half is zero, as in systems with ids of 64 bits.
    const traceId = `${random.oneOf(5) ? "0".repeat(16) : hex(0xab_0000 + index, 16)}${hex(0xcd_0000 + index, 16)}`;
    const ids: string[] = [];
    return Array.from({ length: 1 + random.below(12) }, (): GroupSpec => {
      lastSpan += 1;
      const spanId = hex(lastSpan, 16);
      const parent = ids.length > 0 && !random.oneOf(8) ? { parentSpanId: random.pick(ids) } : {};
      ids.push(spanId);
      const spans = [{ ...randomSpan(random), ...parent, traceId, spanId }];
      return {
        service: random.pick(SERVICES),
        resource: randomAttributes(random, 2),
        scope: { name: random.pick(["", "lib"]), attributes: randomAttributes(random, 2) },
        spans,
      };
    });
  });
}

function randomSpan(random: Random): Omit<SpanSpec, "spanId"> {
  const events = Array.from({ length: random.below(3) }, () => ({
    name: random.pick(OPERATIONS),
    at: random.below(SECOND),
    attributes: randomAttributes(random, 2),
  }));
  const links = random.oneOf(6)
    ? [{ traceId: "f".repeat(32), spanId: "e".repeat(16), attributes: randomAttributes(random, 2) }]
    : [];
  return {
    name: random.pick(OPERATIONS),
    kind: random.below(6),
    start: -random.below(600) * SECOND,
    duration: random.pick([0, 999, 1_000, 1_500_000, SECOND, random.below(SECOND)]),
    attributes: randomAttributes(random, 5),
    status: random.pick([{}, { code: 1 }, { code: 2, message: "no" }, { code: 2 }]),
    traceState: random.pick(["", "", "vendor=1"]),
    flags: random.pick([0, 1, 0x301]),
    events,
    links,
  };
}

function randomAttributes(random: Random, most: number): Attributes {
  return Object.fromEntries(Array.from({ length: random.below(most) }, () => [random.pick(KEYS), random.pick(VALUES)]));
}

/** A query of `/api/traces`. A limit is never met, as what it leaves out has no order there. */
export function randomSearch(random: Random, nowMs: number): string {
  const query = new URLSearchParams({ service: random.pick(SERVICES), limit: "1000" });
  if (random.oneOf(3)) query.set("operation", random.pick(OPERATIONS));
  if (random.oneOf(2)) query.append("tag", `${random.pick(SEARCH_KEYS)}:${random.pick(VALUES)}`);
  if (random.oneOf(4)) query.set("tags", JSON.stringify({ [random.pick(SEARCH_KEYS)]: String(random.pick(VALUES)) }));
  if (random.oneOf(4)) query.set("minDuration", random.pick(["1us", "1.5ms", "500ms", "1s"]));
  if (random.oneOf(4)) query.set("maxDuration", random.pick(["1s", "1.5s", "2m"]));
  const agoMs = random.pick([3_600_000, 300_000, 60_000]);
  query.set("start", String((nowMs - agoMs) * 1000));
  query.set("end", String((nowMs + 60_000) * 1000));
  return query.toString();
}
