/** The metrics of one side of HTTP: its duration always, the opt-in ones where asked for. */
import type { Attributes, Context, Histogram, UpDownCounter } from "@opentelemetry/api";
import { createDurationHistogram } from "../durations.ts";
import {
  METRIC_HTTP_CLIENT_ACTIVE_REQUESTS,
  METRIC_HTTP_CLIENT_REQUEST_BODY_SIZE,
  METRIC_HTTP_CLIENT_REQUEST_DURATION,
  METRIC_HTTP_CLIENT_RESPONSE_BODY_SIZE,
  METRIC_HTTP_SERVER_ACTIVE_REQUESTS,
  METRIC_HTTP_SERVER_REQUEST_BODY_SIZE,
  METRIC_HTTP_SERVER_REQUEST_DURATION,
  METRIC_HTTP_SERVER_RESPONSE_BODY_SIZE,
} from "../semconv.ts";
import type { Telemetry } from "../telemetry.ts";
import type { HttpTelemetryOptions } from "./options.ts";

const NAMES = {
  server: {
    duration: METRIC_HTTP_SERVER_REQUEST_DURATION,
    active: METRIC_HTTP_SERVER_ACTIVE_REQUESTS,
    requestSize: METRIC_HTTP_SERVER_REQUEST_BODY_SIZE,
    responseSize: METRIC_HTTP_SERVER_RESPONSE_BODY_SIZE,
  },
  client: {
    duration: METRIC_HTTP_CLIENT_REQUEST_DURATION,
    active: METRIC_HTTP_CLIENT_ACTIVE_REQUESTS,
    requestSize: METRIC_HTTP_CLIENT_REQUEST_BODY_SIZE,
    responseSize: METRIC_HTTP_CLIENT_RESPONSE_BODY_SIZE,
  },
};

export interface HttpInstruments {
  readonly duration: Histogram;
  /** `undefined` unless opted in. */
  readonly active: UpDownCounter | undefined;
  /** Records the sizes that are known. Does nothing unless opted in. */
  readonly recordSizes: (request: Size, response: Size, attributes: Attributes, at: Context) => void;
}

/** In bytes; `undefined` where it is not known. */
export type Size = number | undefined | Promise<number | undefined>;

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
export function createHttpInstruments(
  side: "client" | "server",
  { meter }: Telemetry,
  { activeRequests = false, bodySizes = false }: HttpTelemetryOptions,
): HttpInstruments {
  const names = NAMES[side];
  const size = (name: string, of: string): Histogram =>
    meter.createHistogram(name, { unit: "By", description: `Size of HTTP ${side} ${of} bodies.` });
  const requestSize = bodySizes ? size(names.requestSize, "request") : undefined;
  const responseSize = bodySizes ? size(names.responseSize, "response") : undefined;
  return {
    duration: createDurationHistogram(meter, names.duration, `Duration of HTTP ${side} requests.`),
    active: activeRequests
      ? meter.createUpDownCounter(names.active, {
          unit: "{request}",
          description: `Number of active HTTP ${side} requests.`,
        })
      : undefined,
    recordSizes: (request, response, attributes, at) => {
      recordSize(requestSize, request, attributes, at);
      recordSize(responseSize, response, attributes, at);
    },
  };
}

function recordSize(histogram: Histogram | undefined, size: Size, attributes: Attributes, at: Context): void {
  if (size instanceof Promise) {
    // A size that cannot be found out is not known.
    void size.then((known) => recordSize(histogram, known, attributes, at)).catch(() => {});
  } else if (size !== undefined) histogram?.record(size, attributes, at);
}
