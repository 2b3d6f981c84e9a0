/** The body of an export of spans. @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
import type { Attributes } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { writeAttributes } from "./protobuf-values.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import type { EncodedSpan } from "./span-encoding.ts";

/** For resource and scopes. More is found where this is not enough. */
const ROOM_FOR_THE_REST = 4096;

/** Spans by resource and scope, in the order in which they ended. */
export function encodeTraces(spans: readonly EncodedSpan[]): Uint8Array {
  const size = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  const writer = new ProtobufWriter(size + ROOM_FOR_THE_REST);
  writer.begin();
  for (const [resource, scopes] of group(spans)) {
    const open = writer.openField(1);
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
    const scopes = grouped.get(span.resource) ?? new Map<InstrumentationScope, EncodedSpan[]>();
    grouped.set(span.resource, scopes);
    const own = scopes.get(span.scope);
    if (own === undefined) scopes.set(span.scope, [span]);
    else own.push(span);
  }
  return grouped;
}

function writeResource(writer: ProtobufWriter, { attributes }: Resource): void {
  const open = writer.openField(1);
  writeAttributes(writer, 1, attributes);
  writer.varintField(2, 0);
  writer.close(open);
}

function writeScope(writer: ProtobufWriter, scope: InstrumentationScope, spans: readonly EncodedSpan[]): void {
  const open = writer.openField(2);
  const openScope = writer.openField(1);
  writer.textField(1, scope.name);
  if (scope.version) {
    writer.textField(2, scope.version);
  }
  writeAttributes(writer, 3, (scope as { readonly attributes?: Attributes }).attributes);
  writer.close(openScope);
  for (const { block, start, end } of spans) writer.copy(block, start, end);
  writeSchemaUrl(writer, scope.schemaUrl);
  writer.close(open);
}

function writeSchemaUrl(writer: ProtobufWriter, url: string | undefined): void {
  if (!url) return;
  writer.textField(3, url);
}
