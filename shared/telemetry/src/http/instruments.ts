/** The metrics of an HTTP client or server: the duration, and those that an option turns on. */
import type { Attributes, Context, Histogram, UpDownCounter } from "@opentelemetry/api";
import { createDurationHistogram } from "../durations.ts";
import { record } from "../guarded-tracer.ts";
import type { Telemetry } from "../telemetry.ts";
import type { HttpTelemetryOptions } from "./options.ts";

export interface HttpInstruments {
  readonly duration: Histogram;
  /** `undefined` without the option `activeRequests`. */
  readonly active: UpDownCounter | undefined;
  /** Records the sizes that are known. Does nothing without the option `bodySizes`. */
  readonly recordSizes: (request: Size, response: Size, attributes: Attributes, at: Context) => void;
}

/** In bytes; `undefined` where it is not known. */
export type Size = number | undefined | Promise<number | undefined>;

/**
 * The sizes and the active requests are in development. Their names are written out here, as the README of
 * `@opentelemetry/semantic-conventions` asks of libraries.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export function createHttpInstruments(
  side: "client" | "server",
  { meter }: Telemetry,
  { activeRequests = false, bodySizes = false }: HttpTelemetryOptions,
): HttpInstruments {
  const createSize = (body: "request" | "response"): Histogram => {
    const description = `Size of HTTP ${side} ${body} bodies.`;
    return meter.createHistogram(`http.${side}.${body}.body.size`, { unit: "By", description });
  };
  const createActive = (): UpDownCounter => {
    const description = `Number of active HTTP ${side} requests.`;
    return meter.createUpDownCounter(`http.${side}.active_requests`, { unit: "{request}", description });
  };
  const requestSize = bodySizes ? createSize("request") : undefined;
  const responseSize = bodySizes ? createSize("response") : undefined;
  return {
    duration: createDurationHistogram(meter, `http.${side}.request.duration`, `Duration of HTTP ${side} requests.`),
    active: activeRequests ? createActive() : undefined,
    recordSizes: (request, response, attributes, at) => {
      recordSize(requestSize, request, attributes, at);
      recordSize(responseSize, response, attributes, at);
    },
  };
}

function recordSize(histogram: Histogram | undefined, size: Size, attributes: Attributes, at: Context): void {
  if (size instanceof Promise) {
    // A size that cannot be read is not recorded.
    void size.then((known) => recordSize(histogram, known, attributes, at)).catch(() => {});
  } else if (histogram !== undefined && size !== undefined) record(histogram, size, attributes, at);
}
