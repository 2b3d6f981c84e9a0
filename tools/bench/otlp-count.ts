/**
 * Reads only the fields of OTLP that the sink needs. It must be cheap and share no code with what is measured.
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/**
 * Walks ExportTraceServiceRequest (1: resource_spans) > ResourceSpans (2: scope_spans) > ScopeSpans (2: spans), and looks
 * into each span for an id of 16 and one of 8 bytes, so that only real spans are counted.
 */
export function countSpans(body: Uint8Array): number {
  let count = 0;
  const each = (from: number, to: number, wanted: number, visit: (start: number, end: number) => void): void =>
    fields(body, from, to, (number, start, end) => {
      if (number === wanted) visit(start, end);
    });
  const countSpan = (from: number, to: number): void => {
    let [traceId, spanId] = [0, 0];
    fields(body, from, to, (number, start, end) => {
      if (number === 1) traceId = end - start;
      if (number === 2) spanId = end - start;
    });
    if (traceId !== 16 || spanId !== 8) throw new Error("a span without its ids");
    count += 1;
  };
  each(0, body.length, 1, (from, to) => each(from, to, 2, (start, end) => each(start, end, 2, countSpan)));
  return count;
}

export interface SumPoint {
  readonly name: string;
  /** The key of the series: the bytes of resource and attributes, as text. */
  readonly series: string;
  readonly value: number;
}

/**
 * The points of sums: ExportMetricsServiceRequest (1) > ResourceMetrics (1: resource, 2: scope_metrics)
 * > ScopeMetrics (2: metrics) > Metric (1: name, 7: sum) > Sum (1: data_points) > NumberDataPoint (4: as_double, 6: as_int, 7: attributes).
 */
export function readSums(body: Uint8Array): SumPoint[] {
  const found: SumPoint[] = [];
  for (const resourceMetrics of parts(body, 1)) {
    const resource = parts(resourceMetrics, 1).map(text).join();
    for (const scopeMetrics of parts(resourceMetrics, 2)) {
      for (const metric of parts(scopeMetrics, 2)) {
        const name = parts(metric, 1).map(text).join();
        for (const sum of parts(metric, 7)) {
          for (const point of parts(sum, 1)) {
            const series = [resource, ...parts(point, 7).map(text)].join(" ");
            found.push({ name, series, value: pointValue(point) });
          }
        }
      }
    }
  }
  return found;
}

function pointValue(point: Uint8Array): number {
  const [double] = parts(point, 4);
  if (double !== undefined) return new DataView(double.buffer, double.byteOffset, 8).getFloat64(0, true);
  const [int] = parts(point, 6);
  return int === undefined ? 0 : Number(new DataView(int.buffer, int.byteOffset, 8).getBigInt64(0, true));
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** The contents of a message's fields with this number. */
function parts(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  fields(message, 0, message.length, (number, start, end) => {
    if (number === wanted) found.push(message.subarray(start, end));
  });
  return found;
}

/** Finds each length-delimited or fixed field of a message and skips numbers. It allocates no objects. */
function fields(
  bytes: Uint8Array,
  from: number,
  to: number,
  visit: (number: number, start: number, end: number) => void,
): void {
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < to; factor *= 0x80) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new Error("the message ends within a number");
  };
  while (at < to) {
    const key = varint();
    const type = key & 7;
    if (type === 0) {
      varint();
      continue;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? varint() : undefined;
    if (length === undefined) throw new Error(`wire type ${type} is not in this format`);
    if (at + length > to) throw new Error("the message ends within a field");
    visit(key >>> 3, at, at + length);
    at += length;
  }
}
