/** Reads what the viewer answers where Jaeger has no path: a trace's logs, and metrics. Nothing here reads or keeps state. */
export { type Histogram, mean, percentile } from "./page/model/histogram.ts";
export { asText, type LogRecord, levelOf, microsOf } from "./page/model/log-record.ts";
export { type MetricAnswer, readSeries, type SeriesAnswer } from "./page/model/metric.ts";
