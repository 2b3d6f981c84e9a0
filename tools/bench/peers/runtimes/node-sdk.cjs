/** NodeSDK as its documentation sets it up, loaded before the service (`node --require`). Metrics are on. */
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-proto");
const { GrpcInstrumentation } = require("@opentelemetry/instrumentation-grpc");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { NodeSDK, tracing } = require("@opentelemetry/sdk-node");

/** Counts the ended spans, to compare them with the count of the sink. */
let made = 0;
const counter = {
  onStart: () => {},
  onEnd: () => {
    made += 1;
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

const sdk = new NodeSDK({
  serviceName: process.env.FRONT_PORT === undefined ? "back" : "front",
  spanProcessors: [counter, new tracing.BatchSpanProcessor(new OTLPTraceExporter())],
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => url === "/readyz" }),
    new GrpcInstrumentation(),
  ],
});
sdk.start();

globalThis.benchShutdown = async () => {
  await sdk.shutdown();
  await fetch(`${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/made`, { method: "POST", body: String(made) });
};
