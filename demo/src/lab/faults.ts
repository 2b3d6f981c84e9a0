/** The faults of the lab: one table for the demo, the tests and the page. */
import type { Fault } from "./fault.ts";

const roll = { type: "http", path: "/rolldice" } as const;
/** With a key of its baggage that every service of the pair puts on its spans. */
const rollAtBlueTable = { ...roll, headers: { baggage: "dice.table=blue" } } as const;
/** The same, with a value that has to be encoded. */
const rollAtDeepBlueTable = { ...roll, headers: { baggage: "dice.table=deep%20blue" } } as const;
/** Front also tells a service of somebody else about the roll. The key is private. */
const tellStranger = {
  type: "http",
  path: "/lab/stranger",
  headers: { baggage: "user.email=ann@example.com" },
} as const;

export const faults: readonly Fault[] = [
  {
    id: "front-does-not-inject",
    where: "front",
    title: "Front does not inject",
    symptom: "Two traces. The CLIENT span has no child, and no traceparent left front.",
    cause: "not-injected",
    mend: [
      "createClientFactory()",
      "  .use(grpcClientTelemetry(telemetry))",
      "  .create(DiceServiceDefinition, channel);",
    ],
    request: roll,
  },
  {
    id: "back-does-not-extract",
    where: "back",
    title: "Back does not extract",
    symptom: "Two traces. The traceparent left front and arrived at back, which did not read it.",
    cause: "not-extracted",
    mend: ["createServer(grpcServerOptions())", "  .use(grpcServerTelemetry(telemetry))"],
    request: roll,
  },
  {
    id: "header-dropped",
    where: "between",
    title: "Something between drops the header",
    symptom: "Two traces. The traceparent left front and did not arrive at back.",
    cause: "header-dropped",
    mend: ["# in the proxy: let these headers through", "traceparent", "tracestate"],
    request: roll,
  },
  {
    id: "context-lost",
    where: "front",
    title: "Front loses its async context before the call",
    symptom: "Two traces. The CLIENT span of the call is the root of a trace of its own.",
    cause: "context-lost",
    mend: ["const job = AsyncLocalStorage.bind(() => dice.roll(request, limits));", "queue.push(job);"],
    request: roll,
  },
  {
    id: "stale-context",
    where: "front",
    title: "A context kept from an earlier request is used again",
    symptom: "The second request's call is in the first request's trace, after its parent has ended.",
    cause: "stale-context",
    mend: [
      "// inside the request, each time:",
      "const current = context.active();",
      "context.with(current, () => dice.roll(request, limits));",
    ],
    request: roll,
    times: 2,
  },
  {
    id: "wrong-parent",
    where: "back",
    title: "Back takes the wrong parent",
    symptom: "One trace. Back's SERVER span is beside front's CLIENT span, not below it.",
    cause: "wrong-parent",
    mend: [
      "// back reads the standard header, and no other:",
      "const parent = propagator.extract(ROOT_CONTEXT, metadata, metadataGetter);",
    ],
    request: roll,
  },
  {
    id: "silent-intermediary",
    where: "between",
    title: "Something between takes part but exports nothing",
    symptom: "An orphan: the parent of back's SERVER span is in no trace.",
    cause: "silent-intermediary",
    mend: [
      "# in the proxy: send its spans to the same backend, or pass traceparent on unchanged",
      "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318",
    ],
    request: roll,
  },
  {
    id: "trace-id-cut",
    where: "between",
    title: "Something between keeps half of the trace id",
    symptom: "Two traces. The upper half of the trace id arrived at back as zeros.",
    cause: "trace-id-altered",
    mend: ["# in the proxy: trace ids of 128 bits, as they came", "traceparent: 00-<all 32 digits>-<parent id>-03"],
    request: roll,
  },
  {
    id: "sampled-flag-lost",
    where: "between",
    title: "The sampled flag is lost on the way",
    symptom: "The trace ends at the CLIENT span. Back answered that it does not record.",
    cause: "sampled-flag-lost",
    mend: ["# in the proxy: pass the flags on", "traceparent: 00-<trace id>-<parent id>-01"],
    request: roll,
  },
  {
    id: "random-flag-lost",
    where: "between",
    title: "The random flag is lost on the way",
    symptom: "One trace. The flags left front as 03 and arrived at back as 01.",
    cause: "random-flag-lost",
    mend: ["# in the proxy: pass on the flags that it does not know, too", "traceparent: 00-<trace id>-<parent id>-03"],
    request: roll,
  },
  {
    id: "tracestate-dropped",
    where: "between",
    title: "tracestate is dropped",
    symptom: "One trace. The tracestate left front and did not arrive at back.",
    cause: "tracestate-dropped",
    mend: ["# in the proxy: let these headers through, always both", "traceparent", "tracestate"],
    request: roll,
  },
  {
    id: "tracestate-altered",
    where: "between",
    title: "Something between writes into tracestate and does not take part",
    symptom: "One trace. Back gets an entry in tracestate that front did not send.",
    cause: "tracestate-altered",
    mend: [
      "# in the proxy: pass it on unchanged, or make a span and put your own entry first",
      "traceparent: 00-<trace id>-<id of the span of the proxy>-03",
      "tracestate: proxy=1,<what arrived>",
    ],
    request: roll,
  },
  {
    id: "sampler-ignores-parent",
    where: "back",
    title: "Back decides for itself what is sampled",
    symptom: "A trace with a hole: back's SERVER span is missing, the span below it is there.",
    cause: "sampler-ignores-parent",
    mend: ["OTEL_TRACES_SAMPLER=parentbased_always_on"],
    request: roll,
  },
  {
    id: "b3",
    where: "front",
    title: "Front speaks B3, back reads W3C",
    symptom: "Two traces. A b3 header left and arrived, and no traceparent.",
    cause: "format-mismatch",
    mend: ["# front and back alike", "OTEL_PROPAGATORS=tracecontext,baggage"],
    request: roll,
  },
  ...(
    [
      ["uppercase", "An id in uppercase", "the ids have uppercase letters"],
      ["short", "A trace id that is too short", "the trace id has 16 digits and not 32"],
      ["version-ff", "Version ff", "version ff is forbidden"],
      ["twice", "Two traceparent headers", "there are two of them"],
    ] as const
  ).map(
    ([variant, title, rule]): Fault => ({
      id: `malformed-${variant}`,
      where: "front",
      title: `A malformed header: ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
      symptom: `Two traces. A traceparent arrived that back must ignore: ${rule}.`,
      cause: "malformed-header",
      mend: ["// never write the header by hand:", "propagator.inject(context.active(), metadata, metadataSetter);"],
      request: roll,
    }),
  ),
  {
    id: "double-instrumentation",
    where: "back",
    title: "Two instrumentations at once",
    symptom: "Two SERVER spans of back for one request.",
    cause: "double-instrumentation",
    mend: [
      "// once, on the outermost server:",
      "createServer(grpcServerOptions()).use(grpcServerTelemetry(telemetry))",
    ],
    request: roll,
  },
  {
    id: "span-never-ended",
    where: "back",
    title: "A span that is never ended",
    symptom: "An orphan inside back: its parent is missing for ever.",
    cause: "span-never-ended",
    mend: ['await withSpan(telemetry, "keep score", async () => {', "  return await roll(request);", "});"],
    request: roll,
  },
  {
    id: "export-failed",
    where: "back",
    title: "Back's exporter cannot send",
    symptom: "The trace ends at the CLIENT span, although back answered that it records.",
    cause: "export-failed",
    mend: ["# an address that accepts OTLP", "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318"],
    request: roll,
  },
  {
    id: "clock-skew",
    where: "back",
    title: "Back's clock is two seconds ahead",
    symptom: "Back's spans start after the span of their caller has ended.",
    cause: "clock-skew",
    mend: ["# on the machine of back", "timedatectl set-ntp true"],
    request: roll,
  },
  {
    id: "baggage-dropped",
    where: "between",
    title: "Baggage is dropped",
    symptom: "One trace. The attribute dice.table is on front's spans and not on back's.",
    cause: "baggage-dropped",
    mend: ["# in the proxy: let this header through", "baggage"],
    request: rollAtBlueTable,
  },
  {
    id: "baggage-altered",
    where: "between",
    title: "Baggage is encoded twice",
    symptom: 'One trace. The attribute dice.table is "deep blue" on front\'s spans and "deep%20blue" on back\'s.',
    cause: "baggage-altered",
    mend: ["# in the proxy: pass the value on as it came, percent-encoded once", "baggage: dice.table=deep%20blue"],
    request: rollAtDeepBlueTable,
  },
  {
    id: "baggage-leak",
    where: "front",
    title: "Baggage tells a stranger a private key",
    symptom: "One trace. A request to another organization carries user.email.",
    cause: "baggage-leak",
    mend: ['const fetch = tracedFetch(telemetry, { propagateTo: ["back.internal"] });'],
    request: tellStranger,
  },
];

/** @throws Error when there is no fault of this id. */
export function findFault(id: string): Fault {
  const fault = faults.find((candidate) => candidate.id === id);
  if (fault === undefined) throw new Error(`there is no fault "${id}"`);
  return fault;
}
