/** The body of an export of spans. @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
import type { Attributes } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { writeAttributes } from "./protobuf-values.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import type { SpanBlock } from "./span-block.ts";
import type { EncodedSpan } from "./span-encoding.ts";

/** For resource and scopes. More is found where this is not enough. */
const ROOM_FOR_THE_REST = 4096;
/** A body's memory is kept for the next one up to this size: some batches of usual spans. */
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * Spans by resource and scope, in the order in which they ended. A body is there until the next one is asked for; the
 * spans are not to be read again.
 */
export function createTraceRequestEncoder(): (spans: readonly EncodedSpan[]) => Uint8Array<ArrayBuffer> {
  let kept: ProtobufWriter | undefined;
  return (spans) => {
    const size = spans.reduce((sum, { start, end }) => sum + end - start, ROOM_FOR_THE_REST);
    const writer = kept !== undefined && kept.block.length >= size ? kept : new ProtobufWriter(size);
    writer.restart();
    writeRequest(writer, spans);
    for (const { block } of spans) block.release();
    kept = writer.block.length <= MAX_KEPT_BYTES ? writer : undefined;
    return writer.block.subarray(writer.start, writer.position);
  };
}

function writeRequest(writer: ProtobufWriter, spans: readonly EncodedSpan[]): void {
  writer.begin();
  for (const [resource, scopes] of group(spans)) {
    const open = writer.openField(1);
    writeResource(writer, resource);
    for (const [scope, own] of scopes) writeScope(writer, scope, own);
    writeSchemaUrl(writer, resource.schemaUrl);
    writer.close(open);
  }
}

/** Spans of one scope that lie one after another. */
interface Run {
  readonly block: SpanBlock;
  readonly start: number;
  end: number;
}

type Grouped = Map<Resource, Map<InstrumentationScope, Run[]>>;

function group(spans: readonly EncodedSpan[]): Grouped {
  const grouped: Grouped = new Map();
  for (const { resource, scope, block, start, end } of spans) {
    const scopes = grouped.get(resource) ?? new Map<InstrumentationScope, Run[]>();
    grouped.set(resource, scopes);
    const runs = scopes.get(scope) ?? [];
    scopes.set(scope, runs);
    const last = runs.at(-1);
    if (last?.block === block && last.end === start) last.end = end;
    else runs.push({ block, start, end });
  }
  return grouped;
}

function writeResource(writer: ProtobufWriter, { attributes }: Resource): void {
  const open = writer.openField(1);
  writeAttributes(writer, 1, attributes);
  writer.varintField(2, 0);
  writer.close(open);
}

function writeScope(writer: ProtobufWriter, scope: InstrumentationScope, runs: readonly Run[]): void {
  const open = writer.openField(2);
  const openScope = writer.openField(1);
  writer.textField(1, scope.name);
  if (scope.version) {
    writer.textField(2, scope.version);
  }
  writeAttributes(writer, 3, (scope as { readonly attributes?: Attributes }).attributes);
  writer.close(openScope);
  for (const { block, start, end } of runs) writer.copy(block.bytes, start, end);
  writeSchemaUrl(writer, scope.schemaUrl);
  writer.close(open);
}

function writeSchemaUrl(writer: ProtobufWriter, url: string | undefined): void {
  if (!url) return;
  writer.textField(3, url);
}
