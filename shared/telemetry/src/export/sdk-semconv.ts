/**
 * Names of the metrics that an SDK keeps about itself: Development in the semantic conventions 1.45.0, and therefore
 * copied instead of imported from the package's `/incubating` entry.
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
export const METRIC_OTEL_SDK_SPAN_STARTED = "otel.sdk.span.started";
export const METRIC_OTEL_SDK_SPAN_LIVE = "otel.sdk.span.live";

export const ATTR_OTEL_COMPONENT_NAME = "otel.component.name";
export const ATTR_OTEL_COMPONENT_TYPE = "otel.component.type";
export const ATTR_OTEL_SPAN_PARENT_ORIGIN = "otel.span.parent.origin";
export const ATTR_OTEL_SPAN_SAMPLING_RESULT = "otel.span.sampling_result";

/** The names that spans and log records have in common but for one word. */
export function sdkMetricNames(item: "span" | "log"): {
  readonly queueSize: string;
  readonly queueCapacity: string;
  readonly processed: string;
  readonly exported: string;
  readonly inflight: string;
} {
  return {
    queueSize: `otel.sdk.processor.${item}.queue.size`,
    queueCapacity: `otel.sdk.processor.${item}.queue.capacity`,
    processed: `otel.sdk.processor.${item}.processed`,
    exported: `otel.sdk.exporter.${item}.exported`,
    inflight: `otel.sdk.exporter.${item}.inflight`,
  };
}
