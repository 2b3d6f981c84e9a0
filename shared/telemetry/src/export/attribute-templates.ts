/**
 * The attributes of a span as bytes, most of which are those of the last span of the same name: a method, a route, a
 * port. A template per name keeps what it looked like, and what is the same again is copied.
 */
import { writeAttribute } from "./protobuf-values.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/** So many names, and so many bytes for each; what is beyond is encoded each time. */
const MAX_NAMES = 256;
const MAX_BYTES = 4096;
/** A template is made anew after 1, 2, 4 ... spans, up to this many: the first one may have been an odd one. */
const MAX_AGE = 1024;

type Attributes = Readonly<Record<string, unknown>>;

interface Template {
  keys: string[];
  values: unknown[];
  /** Where the bytes of each attribute end. */
  ends: number[];
  bytes: Uint8Array;
  /** Spans until it is made anew. */
  left: number;
  age: number;
}

/** Writes attributes into one field of a span. */
export function createAttributeWriter(
  field: number,
): (writer: ProtobufWriter, name: string, attributes: Attributes) => void {
  const templates = new Map<string, Template>();
  return (writer, name, attributes) => {
    const template = templates.get(name);
    if (template === undefined) {
      const isKept = templates.size < MAX_NAMES;
      const first = { keys: [], values: [], ends: [], bytes: NO_BYTES, left: 0, age: 1 };
      writeAndRemember(writer, field, attributes, first);
      if (isKept) templates.set(name, first);
    } else if (template.left > 0) {
      template.left -= 1;
      writeLike(writer, field, attributes, template);
    } else {
      writeAndRemember(writer, field, attributes, template);
      template.left = template.age;
      template.age = Math.min(2 * template.age, MAX_AGE);
    }
  };
}

const NO_BYTES = new Uint8Array();

function writeAndRemember(writer: ProtobufWriter, field: number, attributes: Attributes, template: Template): void {
  const keys: string[] = [];
  const values: unknown[] = [];
  const ends: number[] = [];
  const from = writer.position - writer.start;
  for (const key in attributes) {
    if (!Object.hasOwn(attributes, key)) continue;
    const value = attributes[key];
    writeAttribute(writer, field, key, value);
    const end = writer.position - writer.start - from;
    if (end > MAX_BYTES) continue;
    keys.push(key);
    values.push(typeof value === "object" ? NEVER_THE_SAME : value);
    ends.push(end);
  }
  const start = writer.start + from;
  Object.assign(template, {
    keys,
    values,
    ends,
    bytes: Uint8Array.from(writer.block.subarray(start, start + (ends.at(-1) ?? 0))),
  });
}

/** A list may have changed and still be the same object. */
const NEVER_THE_SAME = Symbol();

function writeLike(writer: ProtobufWriter, field: number, attributes: Attributes, template: Template): void {
  const { keys, values, ends, bytes } = template;
  let index = 0;
  // What is to be copied: neighbours go together.
  let start = 0;
  let end = 0;
  for (const key in attributes) {
    if (!Object.hasOwn(attributes, key)) continue;
    const value = attributes[key];
    if (keys[index] !== key) index = Math.max(0, keys.indexOf(key));
    // This takes -0 for 0, which is an integer in OTLP as well.
    if (keys[index] === key && values[index] === value) {
      const from = index === 0 ? 0 : (ends[index - 1] ?? 0);
      if (from !== end) {
        writer.raw(bytes, start, end);
        start = from;
      }
      end = ends[index] ?? 0;
    } else {
      writer.raw(bytes, start, end);
      start = end = 0;
      writeAttribute(writer, field, key, value);
    }
    index += 1;
  }
  writer.raw(bytes, start, end);
}
