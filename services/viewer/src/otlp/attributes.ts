/** From attributes in OTLP to the attributes that the viewer stores. */

import type { Attribute } from "../records.ts";
import type { AnyValue, KeyValue } from "./gen/opentelemetry/proto/common/v1/common.ts";

/**
 * When a key is there twice, the last value counts.
 * @see https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/
 */
export function readAttributes(sent: readonly KeyValue[]): readonly Attribute[] {
  const byKey = new Map<string, Attribute>();
  for (const { key, value } of sent) byKey.set(key, readAttribute(key, value));
  return [...byKey.values()];
}

/** Any value as text; lists and maps are JSON. */
export function showValue(value: AnyValue | undefined): string {
  const plain = toPlain(value);
  if (plain === null) return "";
  return typeof plain === "object" ? JSON.stringify(plain) : String(plain);
}

/** An integer as a number when a double can hold it, else as its digits. */
export function showInteger(integer: bigint): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer.toString();
}

function readAttribute(key: string, value: AnyValue | undefined): Attribute {
  if (value?.boolValue !== undefined) return { key, type: "bool", value: value.boolValue };
  if (value?.intValue !== undefined) return { key, type: "int64", value: showInteger(value.intValue) };
  if (value?.doubleValue !== undefined) return { key, type: "float64", value: showDouble(value.doubleValue) };
  if (value?.bytesValue !== undefined) return { key, type: "binary", value: value.bytesValue.toBase64() };
  const text = { key, type: "string", value: showValue(value) } as const;
  return value?.arrayValue || value?.kvlistValue ? { ...text, otlp: JSON.stringify(toOtlp(value)) } : text;
}

/** As OTLP's JSON form has it: each value with its type. */
function toOtlp(value: AnyValue | undefined): unknown {
  if (value?.stringValue !== undefined) return { stringValue: value.stringValue };
  if (value?.boolValue !== undefined) return { boolValue: value.boolValue };
  if (value?.intValue !== undefined) return { intValue: String(value.intValue) };
  if (value?.doubleValue !== undefined) return { doubleValue: showDouble(value.doubleValue) };
  if (value?.bytesValue !== undefined) return { bytesValue: value.bytesValue.toBase64() };
  if (value?.arrayValue) return { arrayValue: { values: value.arrayValue.values.map(toOtlp) } };
  if (!value?.kvlistValue) return {};
  return {
    kvlistValue: { values: value.kvlistValue.values.map((pair) => ({ key: pair.key, value: toOtlp(pair.value) })) },
  };
}

/** JSON has no NaN and no infinity. */
function showDouble(double: number): number | string {
  return Number.isFinite(double) ? double : String(double);
}

function toPlain(value: AnyValue | undefined): unknown {
  if (value?.intValue !== undefined) return showInteger(value.intValue);
  if (value?.doubleValue !== undefined) return showDouble(value.doubleValue);
  if (value?.bytesValue !== undefined) return value.bytesValue.toBase64();
  if (value?.arrayValue) return value.arrayValue.values.map(toPlain);
  if (value?.kvlistValue)
    return Object.fromEntries(value.kvlistValue.values.map((pair) => [pair.key, toPlain(pair.value)]));
  return value?.stringValue ?? value?.boolValue ?? null;
}
