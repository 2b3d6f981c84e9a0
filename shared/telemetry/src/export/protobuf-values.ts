/** Attributes as OTLP's `KeyValue`s. @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto */
import { BYTES, FIXED64, type ProtobufWriter } from "./protobuf-writer.ts";

/** From here on an integer does not fit into the 64 bits of an `int_value`. */
const MAX_INT = 2 ** 63;

export function writeAttributes(
  writer: ProtobufWriter,
  field: number,
  attributes: Readonly<Record<string, unknown>> | undefined,
): void {
  for (const key in attributes) {
    if (Object.hasOwn(attributes, key)) writeAttribute(writer, field, key, attributes[key]);
  }
}

export function writeAttribute(writer: ProtobufWriter, field: number, key: string, value: unknown): void {
  const open = writer.openField(field);
  writer.textField(1, key);
  const openValue = writer.openField(2);
  writeValue(writer, value);
  writer.close(openValue);
  writer.close(open);
}

/** An `AnyValue`; empty for what has no form of its own in OTLP, `null` included. */
function writeValue(writer: ProtobufWriter, value: unknown): void {
  if (typeof value === "string") {
    writer.textField(1, value);
  } else if (typeof value === "number") {
    writeNumber(writer, value);
  } else if (typeof value === "boolean") {
    writer.varintField(2, value ? 1 : 0);
  } else if (Array.isArray(value)) {
    const open = writer.openField(5);
    for (const item of value) writeItem(writer, item);
    writer.close(open);
  } else if (value instanceof Uint8Array) {
    writer.tag(7, BYTES);
    writer.bytes(value);
  } else if (typeof value === "object" && value !== null) {
    const open = writer.openField(6);
    writeAttributes(writer, 1, value as Readonly<Record<string, unknown>>);
    writer.close(open);
  }
}

function writeItem(writer: ProtobufWriter, item: unknown): void {
  const open = writer.openField(1);
  writeValue(writer, item);
  writer.close(open);
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -MAX_INT && value < MAX_INT) {
    writer.varintField(3, value);
  } else {
    writer.tag(4, FIXED64);
    writer.double(value);
  }
}
