/**
 * Spans as OTLP's bytes, made when a span ends. What waits in the queue is then a few numbers each instead of some
 * fifty objects that live long enough to become the garbage collector's work.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
import type { HrTime, Link, SpanContext } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-base";
import { createAttributeWriter } from "./attribute-templates.ts";
import { writeAttributes } from "./protobuf-values.ts";
import { BLOCK_BYTES, FIXED32, ProtobufWriter } from "./protobuf-writer.ts";
import { createBlockPool, SpanBlock } from "./span-block.ts";

/** A span's place in a block: the field of `ScopeSpans` that holds it, tag and length included. */
export interface EncodedSpan {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly block: SpanBlock;
  readonly start: number;
  readonly end: number;
}

/** Whether the parent is in another process: known always, and true. */
const FLAG_HAS_IS_REMOTE = 0x100;
const FLAG_IS_REMOTE = 0x200;

/** Each encoder has blocks of its own. Whoever has read a span for the last time releases its block. */
export function createSpanEncoder(): (span: ReadableSpan) => EncodedSpan {
  const pool = createBlockPool();
  const writer = new ProtobufWriter(BLOCK_BYTES, pool.allocate);
  const writeOwn = createAttributeWriter(9);
  let block = new SpanBlock(writer.block, pool);
  return (span) => {
    writer.begin();
    const open = writer.openField(2);
    writeSpan(writer, span, writeOwn);
    writer.close(open);
    const { block: bytes, position: end, start } = writer;
    if (bytes !== block.bytes) {
      block.close();
      block = new SpanBlock(bytes, pool);
    }
    block.hold();
    if (bytes.length > BLOCK_BYTES) writer.leaveBlock();
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
  const name = String(span.name);
  writeIds(writer, context);
  if (parent?.spanId) {
    writer.hexField(4, parent.spanId);
  }
  writer.textField(5, name);
  writeNumber(writer, 6, span.kind + 1);
  writeTime(writer, 7, span.startTime);
  writeTime(writer, 8, span.endTime);
  writeOwn(writer, name, span.attributes);
  writeNumber(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event);
  writeNumber(writer, 12, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, link);
  writeNumber(writer, 14, span.droppedLinksCount);
  const open = writer.openField(15);
  if (status.message) {
    writer.textField(2, status.message);
  }
  writeNumber(writer, 3, status.code);
  writer.close(open);
  writer.tag(16, FIXED32);
  writer.fixed32(flagsOf(context, parent));
}

function writeIds(writer: ProtobufWriter, { traceId, spanId, traceState }: SpanContext): void {
  writer.hexField(1, traceId);
  writer.hexField(2, spanId);
  const list = traceState?.serialize();
  if (list) {
    writer.textField(3, list);
  }
}

function flagsOf({ traceFlags }: SpanContext, whose: SpanContext | undefined): number {
  return (traceFlags & 0xff) | FLAG_HAS_IS_REMOTE | (whose?.isRemote ? FLAG_IS_REMOTE : 0);
}

function writeEvent(writer: ProtobufWriter, event: TimedEvent): void {
  const open = writer.openField(11);
  writeTime(writer, 1, event.time);
  writer.textField(2, String(event.name));
  writeAttributes(writer, 3, event.attributes);
  writeNumber(writer, 4, event.droppedAttributesCount);
  writer.close(open);
}

function writeLink(writer: ProtobufWriter, { context, attributes, droppedAttributesCount }: Link): void {
  const open = writer.openField(13);
  writeIds(writer, context);
  writeAttributes(writer, 4, attributes);
  writeNumber(writer, 5, droppedAttributesCount);
  writer.tag(6, FIXED32);
  writer.fixed32(flagsOf(context, context));
  writer.close(open);
}

function writeNumber(writer: ProtobufWriter, field: number, value: number | undefined): void {
  writer.varintField(field, value ?? 0);
}

const NANOS = 1_000_000_000;

/** Nanoseconds since the epoch have more bits than a number: both halves of the seconds are counted for themselves. */
function writeTime(writer: ProtobufWriter, field: number, [seconds, nanos]: HrTime): void {
  const upper = Math.floor(seconds / 0x10000) * NANOS;
  const lower = (seconds % 0x10000) * NANOS + nanos + (upper % 0x10000) * 0x10000;
  writer.fixed64Field(field, lower >>> 0, (Math.floor(lower / 0x100000000) + Math.floor(upper / 0x10000)) >>> 0);
}
