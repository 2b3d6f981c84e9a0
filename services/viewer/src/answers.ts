/** Reads the answers of the viewer that Jaeger's API does not have: the logs of a trace, and metrics. */
export { type Histogram, mean, percentile } from "./page/model/histogram.ts";
export { asText, type LogRecord, levelOf, microsOf } from "./page/model/log-record.ts";
export { type MetricAnswer, readSeries, type SeriesAnswer } from "./page/model/metric.ts";
