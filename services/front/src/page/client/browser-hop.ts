/** The hop from this browser to front: it has no span at its beginning, and this page knows what was sent. */
import type { Capture, Hop, WireField } from "@baton/trace-tree";

/** @param sent The headers that this page sent. */
export function withBrowser(hops: readonly Hop[], sent: Readonly<Record<string, string>>): readonly Hop[] {
  return hops.map((hop) => (hop.from === undefined && hop.protocol === "http" ? tell(hop, sent) : hop));
}

function tell(hop: Hop, sent: Readonly<Record<string, string>>): Hop {
  return {
    ...hop,
    headers: hop.headers.map((field) => (field.name === "traceresponse" ? field : complete(field, sent))),
  };
}

function complete(field: WireField, sent: Readonly<Record<string, string>>): WireField {
  const value = sent[field.name];
  const left: Capture =
    value === undefined
      ? { state: "absent", values: [], parts: [] }
      : { state: "captured", values: [value], parts: field.arrived.values[0] === value ? field.arrived.parts : [] };
  return { ...field, left, change: changeOf(left, field.arrived) };
}

function changeOf(left: Capture, arrived: Capture): WireField["change"] {
  if (arrived.state === "not captured") return "unknown";
  if (left.state === "absent") return "added";
  if (arrived.state === "absent") return "dropped";
  return left.values.join() === arrived.values.join() ? "same" : "changed";
}
