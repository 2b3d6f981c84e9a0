/**
 * As much of OTLP as the sink needs, read field by field: it must cost little and share nothing with what is measured.
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/**
 * Walks ExportTraceServiceRequest (1: resource_spans) > ResourceSpans (2: scope_spans) > ScopeSpans (2: spans), and looks
 * into each span for an id of 16 and one of 8 bytes, so that what is counted is a span.
 */
export function countSpans(body: Uint8Array): number {
  let count = 0;
  for (const resourceSpans of parts(body, 1)) {
    for (const scopeSpans of parts(resourceSpans, 2)) {
      for (const span of parts(scopeSpans, 2)) {
        const [traceId] = parts(span, 1);
        const [spanId] = parts(span, 2);
        if (traceId?.length !== 16 || spanId?.length !== 8) throw new Error("a span without its ids");
        count += 1;
      }
    }
  }
  return count;
}

export interface SumPoint {
  readonly name: string;
  /** Whose it is: the bytes of resource and attributes, as text. */
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

/** The contents of a message's fields with this number: what is length-delimited or fixed; numbers are stepped over. */
function parts(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new Error("the message ends within a number");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const type = key & 7;
    if (type === 0) {
      varint();
      continue;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? varint() : undefined;
    if (length === undefined) throw new Error(`wire type ${type} is not in this format`);
    if (key >>> 3 === wanted) found.push(message.subarray(at, at + length));
    at += length;
  }
  return found;
}
