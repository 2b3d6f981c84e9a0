/** A delivery over OTLP, with its outages in the log and its totals as metrics. */
import type { MeterProvider } from "@opentelemetry/api";
import type { BatchConfig, OtlpConfig } from "../config.ts";
import type { Report } from "../diagnostics.ts";
import { ATTR_ERROR_TYPE } from "../semconv.ts";
import { SCOPE } from "../telemetry.ts";
import {
  createDelivery,
  type Delivery,
  type DeliveryOptions,
  type DeliveryTotals,
  type Leftovers,
} from "./delivery.ts";
import { describeEndpoint } from "./failure.ts";
import type { CreateExporter } from "./otlp.ts";
import { createOutageLog } from "./outage-log.ts";
import { MAX_ASKED_MS, type Stopping } from "./retry.ts";
import { createSender } from "./sender.ts";

export interface PipelineParts {
  readonly meterProvider: MeterProvider;
  readonly report: Report;
  readonly stopping: Stopping;
  /** Adds what must be sent when the process ends before a shutdown is done. */
  readonly atEnd: (leftovers: () => Leftovers) => void;
}

const ITEMS = {
  span: { signal: "TRACES", plural: "spans", unit: "{span}" },
  log: { signal: "LOGS", plural: "log records", unit: "{log_record}" },
} as const;

export interface OtlpDeliveryOptions<T> extends DeliveryOptions<T> {
  readonly item: keyof typeof ITEMS;
  readonly otlp: OtlpConfig;
}

/** Sends with the stock exporter that `create` makes. */
export function createOtlpDelivery<T>(
  create: CreateExporter<T[]>,
  options: OtlpDeliveryOptions<T>,
  { meterProvider, report, stopping }: PipelineParts,
): Delivery<T> {
  const { item, batch } = options;
  const { signal, plural } = ITEMS[item];
  const otlp = { ...options.otlp, timeoutMs: Math.min(options.otlp.timeoutMs, batch.exportTimeoutMs) };
  const sender = createSender({
    create: (closed) => create(otlp, closed),
    destination: { signal, otlp },
    stopping,
    holdMs: MAX_ASKED_MS,
  });
  const outages = createOutageLog(plural, describeEndpoint(otlp.endpoint), report);
  const delivery = createDelivery<T>(sender, options, outages, stopping.timeIsUp);
  observeTotals(meterProvider, delivery.totals, options);
  return delivery;
}

/** The options of the SDK's batch processors. */
export function batchOptions({ maxQueueSize, maxBatchSize, scheduleDelayMs }: BatchConfig) {
  return {
    maxQueueSize,
    maxExportBatchSize: maxBatchSize,
    scheduledDelayMillis: scheduleDelayMs,
  };
}

/**
 * The SDK's own metrics count a batch as exported although the receiver rejected a part of it, and miss what comes after
 * the shutdown.
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
function observeTotals(
  meterProvider: MeterProvider,
  totals: Readonly<DeliveryTotals>,
  { item, otlp, batch }: Pick<OtlpDeliveryOptions<never>, "item" | "otlp" | "batch">,
): void {
  const { unit } = ITEMS[item];
  const processor = componentAttributes(`batching_${item}_processor`);
  const exporter = componentAttributes(`${EXPORTER_TYPES[otlp.protocol]}_${item}_exporter`);
  const meter = meterProvider.getMeter(`${SCOPE}/sdk`);
  const upDown = (name: string, description: string, read: () => number, attributes: Record<string, string>): void => {
    meter
      .createObservableUpDownCounter(name, { unit, description })
      .addCallback((result) => result.observe(read(), attributes));
  };
  const inQueue = `otel.sdk.processor.${item}.queue`;
  upDown(`${inQueue}.size`, "Items that wait to be exported.", () => totals.queued, processor);
  upDown(`${inQueue}.capacity`, "The most items that can wait.", () => batch.maxQueueSize, processor);
  upDown(`otel.sdk.exporter.${item}.inflight`, "Items that are being exported.", () => totals.inFlight, exporter);
  meter
    .createObservableCounter(`otel.sdk.processor.${item}.processed`, {
      unit,
      description: "Items that were given to the exporter, or dropped before.",
    })
    .addCallback((result) => {
      result.observe(totals.processed, processor);
      result.observe(totals.droppedFull, { ...processor, [ATTR_ERROR_TYPE]: "queue_full" });
      result.observe(totals.droppedClosed, { ...processor, [ATTR_ERROR_TYPE]: "already_shutdown" });
    });
  meter
    .createObservableCounter(`otel.sdk.exporter.${item}.exported`, {
      unit,
      description: "Items that were exported, or given up after the last try.",
    })
    .addCallback((result) => {
      result.observe(totals.exported, exporter);
      for (const [type, count] of totals.failed) result.observe(count, { ...exporter, [ATTR_ERROR_TYPE]: type });
    });
}

/** `otel.component.type`, without the item. */
const EXPORTER_TYPES = { "http/protobuf": "otlp_http", "http/json": "otlp_http_json", grpc: "otlp_grpc" } as const;

/** How many of one component there are. One for the process, because the names must be unique in it. */
const instances = new Map<string, number>();

function componentAttributes(type: string): Record<string, string> {
  const index = instances.get(type) ?? 0;
  instances.set(type, index + 1);
  return { "otel.component.type": type, "otel.component.name": `${type}/${index}` };
}
