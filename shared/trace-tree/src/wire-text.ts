/** The wire as lines for a terminal: hop by hop, what left, what arrived, and which span was made of it. */
import { pad, printable } from "./printable.ts";
import type { Span } from "./trace.ts";
import type { Capture, Hop, WireField } from "./wire-types.ts";

export interface WireTextOptions {
  /** Whether to use ANSI colours. @default false */
  readonly color?: boolean;
}

type Paint = (style: keyof typeof STYLES, text: string) => string;

const STYLES = {
  dim: [2, 22],
  bold: [1, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  strike: [9, 29],
} as const;
/** Colours of parent ids and of the spans that they name. */
const SPAN_COLOURS = [36, 35, 33, 34, 32, 31] as const;
const NAME_WIDTH = 14;

/** Safe to print: for any spans, the only control characters are line breaks and, with `color`, colours. */
export function renderWire(hops: readonly Hop[], { color = false }: WireTextOptions = {}): string {
  const paint: Paint = (style, text) => {
    const [on, off] = STYLES[style];
    return color ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  };
  const ids = [...new Set(hops.flatMap(({ from, to }) => [from, to]).flatMap((span) => span?.spanId ?? []))];
  const paintId = (id: string): string => {
    const at = ids.indexOf(id);
    const colour = SPAN_COLOURS[at % SPAN_COLOURS.length];
    return color && at !== -1 ? `\x1b[${colour}m${printable(id)}\x1b[39m` : printable(id);
  };
  return hops
    .flatMap((hop, index) => [
      `${index + 1}. ${describeEnd(hop.from, paintId)} -> ${describeEnd(hop.to, paintId)}  ${paint("dim", describeJoin(hop))}`,
      ...hop.headers.flatMap((field) => fieldLines(field, paint, paintId)),
    ])
    .join("\n");
}

function describeEnd(span: Span | undefined, paintId: (id: string) => string): string {
  if (span === undefined) return "(no span)";
  return `${printable(span.service)} ${span.kind.toUpperCase()} ${paintId(span.spanId)}`;
}

function describeJoin({ protocol, joinedBy, from, to }: Hop): string {
  const how = {
    parent: "",
    response: ", joined by traceresponse alone",
    header: ", joined by the header alone",
    time: ", joined by method and time alone",
    none: from === undefined ? ", from outside" : ", nobody answers for it",
  }[joinedBy];
  const isBroken = from !== undefined && to !== undefined && from.traceId !== to.traceId;
  return `${protocol}${how}${isBroken ? ": two traces" : ""}`;
}

function fieldLines(field: WireField, paint: Paint, paintId: (id: string) => string): readonly string[] {
  const { name, left, arrived, change } = field;
  const head = (text: string) => `   ${pad(text, NAME_WIDTH)}`;
  if (change === "same" && left.state === "captured") {
    return [`${head(name)} ${show(left, paint, paintId)}  ${paint("green", "arrived as it left")}`];
  }
  const mark = { same: "", unknown: "", changed: "changed", dropped: "dropped", added: "added on the way" }[change];
  return [
    `${head(name)} left     ${change === "dropped" ? paint("strike", show(left, paint, printable)) : show(left, paint, paintId)}`,
    `${head("")} arrived  ${show(arrived, paint, paintId)}${mark && `  ${paint("red", mark)}`}`,
  ];
}

function show({ state, values, parts }: Capture, paint: Paint, paintId: (id: string) => string): string {
  if (state === "not captured") return paint("dim", "not captured");
  if (state === "absent") return paint("dim", "nothing");
  if (parts.length === 0) return values.map(printable).join(" | ");
  return parts
    .map(({ version, traceId, parentId, flags, rest, problems }) => {
      const cut = [printable(version), printable(traceId), paintId(parentId), printable(flags), printable(rest)];
      const wrong = problems.length === 0 ? "" : `  ${paint("red", `(${problems.join("; ")})`)}`;
      return cut.filter((part) => part !== "").join(" ") + wrong;
    })
    .join(" | ");
}
