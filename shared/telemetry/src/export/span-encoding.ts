/**
 * Spans as OTLP's bytes, made when a span ends. What waits in the queue is then a few numbers each instead of some
 * fifty objects that live long enough to become the garbage collector's work.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
import type { Attributes, HrTime, Link, SpanContext } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-base";
import { createAttributeWriter, writeAttributes } from "./protobuf-values.ts";
import { BYTES, FIXED32, FIXED64, ProtobufWriter, VARINT } from "./protobuf-writer.ts";

/** A span's place in a block: the field of `ScopeSpans` that holds it, tag and length included. */
export interface EncodedSpan {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly block: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Whether the parent is in another process: known always, and true. */
const FLAG_HAS_IS_REMOTE = 0x100;
const FLAG_IS_REMOTE = 0x200;

/** Each encoder has blocks of its own. */
export function createSpanEncoder(): (span: ReadableSpan) => EncodedSpan {
  const writer = new ProtobufWriter();
  const writeOwn = createAttributeWriter(9);
  return (span) => {
    writer.begin();
    writer.tag(2, BYTES);
    const open = writer.open();
    writeSpan(writer, span, writeOwn);
    writer.close(open);
    const { block, position: end, start } = writer;
    return { resource: span.resource, scope: span.instrumentationScope, block, start, end };
  };
}

function writeSpan(
  writer: ProtobufWriter,
  span: ReadableSpan,
  writeOwn: ReturnType<typeof createAttributeWriter>,
): void {
  const context = span.spanContext();
  const { parentSpanContext: parent, status } = span;
  writeIds(writer, context);
  if (parent?.spanId) {
    writer.tag(4, BYTES);
    writer.hex(parent.spanId);
  }
  writer.tag(5, BYTES);
  writer.text(String(span.name));
  writeNumber(writer, 6, span.kind + 1);
  writeTime(writer, 7, span.startTime);
  writeTime(writer, 8, span.endTime);
  writeOwn(writer, span.attributes);
  writeNumber(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event);
  writeNumber(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, link);
  writeNumber(writer, 14, span.droppedLinksCount);
  writer.tag(15, BYTES);
  const open = writer.open();
  if (status.message) {
    writer.tag(2, BYTES);
    writer.text(status.message);
  }
  writeNumber(writer, 3, status.code);
  writer.close(open);
  writer.tag(16, FIXED32);
  writer.fixed32(flagsOf(context, parent));
}

function writeIds(writer: ProtobufWriter, { traceId, spanId, traceState }: SpanContext): void {
  writer.tag(1, BYTES);
  writer.hex(traceId);
  writer.tag(2, BYTES);
  writer.hex(spanId);
  const list = traceState?.serialize();
  if (list) {
    writer.tag(3, BYTES);
    writer.text(list);
  }
}

function flagsOf({ traceFlags }: SpanContext, whose: SpanContext | undefined): number {
  return (traceFlags & 0xff) | FLAG_HAS_IS_REMOTE | (whose?.isRemote ? FLAG_IS_REMOTE : 0);
}

function writeEvent(writer: ProtobufWriter, event: TimedEvent): void {
  writer.tag(11, BYTES);
  const open = writer.open();
  writeTime(writer, 1, event.time);
  writer.tag(2, BYTES);
  writer.text(String(event.name));
  writeAttributes(writer, 3, event.attributes);
  writeNumber(writer, 4, event.droppedAttributesCount);
  writer.close(open);
}

function writeLink(writer: ProtobufWriter, { context, attributes, droppedAttributesCount }: Link): void {
  writer.tag(13, BYTES);
  const open = writer.open();
  writeIds(writer, context);
  writeAttributes(writer, 4, attributes);
  writeNumber(writer, 5, droppedAttributesCount);
  writer.tag(6, FIXED32);
  writer.fixed32(flagsOf(context, context));
  writer.close(open);
}

function writeNumber(writer: ProtobufWriter, field: number, value: number | undefined): void {
  writer.tag(field, VARINT);
  writer.varint(value ?? 0);
}

const NANOS = 1_000_000_000;

/** Nanoseconds since the epoch have more bits than a number: both halves of the seconds are counted for themselves. */
function writeTime(writer: ProtobufWriter, field: number, [seconds, nanos]: HrTime): void {
  writer.tag(field, FIXED64);
  const upper = Math.floor(seconds / 0x10000) * NANOS;
  const lower = (seconds % 0x10000) * NANOS + nanos + (upper % 0x10000) * 0x10000;
  writer.fixed64(lower >>> 0, (Math.floor(lower / 0x100000000) + Math.floor(upper / 0x10000)) >>> 0);
}

/** For resource and scopes. More is found where this is not enough. */
const ROOM_FOR_THE_REST = 4096;

/** The body of an export: spans by resource and scope, in the order in which they ended. */
export function encodeTraces(spans: readonly EncodedSpan[]): Uint8Array {
  const size = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  const writer = new ProtobufWriter(size + ROOM_FOR_THE_REST);
  writer.begin();
  for (const [resource, scopes] of group(spans)) {
    writer.tag(1, BYTES);
    const open = writer.open();
    writeResource(writer, resource);
    for (const [scope, own] of scopes) writeScope(writer, scope, own);
    writeSchemaUrl(writer, resource.schemaUrl);
    writer.close(open);
  }
  return writer.block.subarray(writer.start, writer.position);
}

type Grouped = Map<Resource, Map<InstrumentationScope, EncodedSpan[]>>;

function group(spans: readonly EncodedSpan[]): Grouped {
  const grouped: Grouped = new Map();
  for (const span of spans) {
    const scopes = grouped.getOrInsertComputed(span.resource, () => new Map());
    scopes.getOrInsertComputed(span.scope, () => []).push(span);
  }
  return grouped;
}

function writeResource(writer: ProtobufWriter, { attributes }: Resource): void {
  writer.tag(1, BYTES);
  const open = writer.open();
  writeAttributes(writer, 1, attributes);
  writeNumber(writer, 2, 0);
  writer.close(open);
}

function writeScope(writer: ProtobufWriter, scope: InstrumentationScope, spans: readonly EncodedSpan[]): void {
  writer.tag(2, BYTES);
  const open = writer.open();
  writer.tag(1, BYTES);
  const openScope = writer.open();
  writer.tag(1, BYTES);
  writer.text(scope.name);
  if (scope.version) {
    writer.tag(2, BYTES);
    writer.text(scope.version);
  }
  writeAttributes(writer, 3, (scope as { readonly attributes?: Attributes }).attributes);
  writer.close(openScope);
  for (const { block, start, end } of spans) writer.copy(block, start, end);
  writeSchemaUrl(writer, scope.schemaUrl);
  writer.close(open);
}

function writeSchemaUrl(writer: ProtobufWriter, url: string | undefined): void {
  if (!url) return;
  writer.tag(3, BYTES);
  writer.text(url);
}
