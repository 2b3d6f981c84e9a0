/** The traces for the tests of the pages. */
import type { GroupSpec, SpanSpec } from "../../testing/otlp.ts";

export const ROLL_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const MESSY_ID = "5bf92f3577b34da6a3ce929d0e0e4736";
export const BIG_ID = "6bf92f3577b34da6a3ce929d0e0e4736";
export const HUGE_ID = "5df92f3577b34da6a3ce929d0e0e4736";
export const HOSTILE_ID = "7bf92f3577b34da6a3ce929d0e0e4736";
export const LATE_ID = "8bf92f3577b34da6a3ce929d0e0e4736";

const SERVER = 2;
const CLIENT = 3;
const FAILED = { code: 2, message: "the die is hot" };

/** Front calls back, which fails. */
export const ROLL = trace(
  ROLL_ID,
  span(1, undefined, "front", "GET /rolldice", 0, 14, {
    kind: SERVER,
    attributes: { "http.response.status_code": 503, "http.route": "/rolldice" },
    links: [{ traceId: MESSY_ID, spanId: "00000000000000a1" }],
  }),
  span(2, 1, "front", "DiceService/Roll", 1, 12, { kind: CLIENT }),
  span(3, 2, "back", "DiceService/Roll", 3, 8, { kind: SERVER, status: FAILED }),
  span(4, 3, "back", "roll dice", 4, 6, { events: [{ name: "rolled", at: 6e6, attributes: { value: 4 } }] }),
);

/** Every fault that a tree can have. */
export const MESSY = trace(
  MESSY_ID,
  span(0xa1, undefined, "front", "first root", 0, 100, { kind: SERVER }),
  span(0xa2, undefined, "cron", "second root", 10, 4),
  span(0xa3, 0xff, "back", "orphan", 20, 30),
  span(0xa4, 0xa3, "back", "child of the orphan", 25, 5),
  span(0xa5, 0xa6, "front", "circle one", 70, 4),
  span(0xa6, 0xa5, "front", "circle two", 71, 2),
  span(0xa7, 0xa1, "front", "starts before its parent", -12, 30),
  span(0xa8, 0xa1, "front", "takes no time", 60, 0),
);

export const OWN_ID = "9bf92f3577b34da6a3ce929d0e0e4736";
/** Attributes with the names of what Jaeger's JSON adds, and an attribute of a megabyte. */
export const OWN = trace(
  OWN_ID,
  {
    ...span(0xd1, undefined, "front", "own names", 0, 9, {
      attributes: {
        error: "connection refused",
        "span.kind": "own kind",
        "otel.status_code": "own code",
        "otel.scope.name": "own scope",
      },
    }),
    scope: { name: "front's scope", version: "1", attributes: { "scope.mark": "yes" } },
  },
  span(0xd2, 0xd1, "front", "long", 1, 2, { attributes: { long: "y".repeat(1_000_000), short: "z" } }),
);

export const LIMITED_ID = "fbf92f3577b34da6a3ce929d0e0e4736";
export const LIMITED = trace(
  LIMITED_ID,
  span(0xf1, undefined, "front", "too much", 0, 9, { flags: 0x301, droppedAttributesCount: 2, droppedEventsCount: 3 }),
);

export const UNUSUAL_ID = "cbf92f3577b34da6a3ce929d0e0e4736";
/** A caller whose client is not instrumented. */
export const UNUSUAL = trace(
  UNUSUAL_ID,
  span(0xe1, undefined, "front", "GET /", 0, 9, { kind: SERVER }),
  span(0xe2, 0xe1, "back", "Roll", 1, 5, { kind: SERVER }),
);

export const LATE = trace(LATE_ID, span(0xc1, undefined, "front", "came late", 0, 1, { kind: SERVER }));

/** A trace of this many spans; the parent of span n is span n/2. */
export function bigTrace(count: number, traceId = BIG_ID): readonly GroupSpec[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const parent = (number: number) => (number === 1 ? undefined : Math.floor(number / 2));
  return trace(traceId, ...numbers.map((n) => span(n, parent(n), `service-${n % 5}`, `step ${n}`, n, 2_000)));
}

const IMAGE = `<img src=x onerror="window.pwned=1">`;
const SCRIPT = `"></a><script>window.pwned=1</script>`;
/** The content of the fields of the hostile trace. */
export const HOSTILE_TEXTS = [IMAGE, SCRIPT, "javascript:window.pwned=1"] as const;

/** Markup and scripts in every field that can be sent. */
export const HOSTILE = trace(
  HOSTILE_ID,
  {
    ...span(0xb1, undefined, IMAGE, SCRIPT, 0, 9, {
      kind: SERVER,
      status: { code: 2, message: IMAGE },
      attributes: { [IMAGE]: SCRIPT, link: HOSTILE_TEXTS[2], onload: IMAGE, ["__proto__"]: SCRIPT },
      events: [{ name: IMAGE, at: 2e6, attributes: { [SCRIPT]: IMAGE } }],
    }),
    resource: { [SCRIPT]: IMAGE },
    scope: { name: IMAGE, version: SCRIPT },
  },
  span(0xb2, 0xb1, SCRIPT, IMAGE, 1, 3),
);

export function trace(traceId: string, ...groups: readonly GroupSpec[]): readonly GroupSpec[] {
  return groups.map((group) => ({ ...group, spans: group.spans.map((each) => ({ ...each, traceId })) }));
}

/** One span; its start and its length are in milliseconds. */
export function span(
  id: number,
  parent: number | undefined,
  service: string,
  name: string,
  start: number,
  length: number,
  more: Partial<SpanSpec> = {},
): GroupSpec {
  const parentSpanId = parent === undefined ? {} : { parentSpanId: hex(parent) };
  return {
    service,
    spans: [{ spanId: hex(id), ...parentSpanId, name, start: start * 1e6, duration: length * 1e6, ...more }],
  };
}

function hex(id: number): string {
  return id.toString(16).padStart(16, "0");
}
