/** A hop from this browser without a span of its own: this page knows what was sent, and what came back. */
import { type Capture, type Hop, shownValue, type WireField } from "@baton/trace-tree";
import type { Answer } from "./send.ts";

export function withBrowser(hops: readonly Hop[], answer: Answer): readonly Hop[] {
  return hops.map((hop) =>
    hop.from === undefined && hop.protocol === "http"
      ? { ...hop, headers: hop.headers.map((field) => complete(field, answer)) }
      : hop,
  );
}

function complete(field: WireField, { sent, traceresponse }: Answer): WireField {
  const isAnswer = field.name === "traceresponse";
  const value = isAnswer ? traceresponse : sent[field.name];
  const known = captureOf(value && shownValue(field.name, value), isAnswer ? field.left : field.arrived);
  const [left, arrived] = isAnswer ? [field.left, known] : [known, field.arrived];
  return { ...field, left, arrived, change: changeOf(left, arrived) };
}

/** @param other The other side, whose parts are the same where the value is. */
function captureOf(value: string | undefined, other: Capture): Capture {
  if (value === undefined) return { state: "absent", values: [], parts: [] };
  return { state: "captured", values: [value], parts: other.values[0] === value ? other.parts : [] };
}

function changeOf(left: Capture, arrived: Capture): WireField["change"] {
  if (left.state === "not captured" || arrived.state === "not captured") return "unknown";
  if (left.state === arrived.state) return left.values.join() === arrived.values.join() ? "same" : "changed";
  return left.state === "absent" ? "added" : "dropped";
}
