"""Sends one trace, one log record and one metric with the exporters of OpenTelemetry for Python; prints the trace id."""

import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if sys.argv[1] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

resource = Resource({"service.name": "python-service"})
traces = TracerProvider(resource=resource)
traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
metrics = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())], resource=resource)

tracer = traces.get_tracer("python-lib", "1.2.3")
values = {"big": 9007199254740993, "half": 0.5, "yes": True, "list": ["a", "b"]}
with tracer.start_as_current_span("GET /python", kind=trace.SpanKind.SERVER, attributes=values) as server:
    links = [trace.Link(server.get_span_context())]
    try:
        with tracer.start_as_current_span("query", kind=trace.SpanKind.CLIENT, links=links):
            raise ValueError("no rows")
    except ValueError:
        pass
    logger = logs.get_logger("python-lib")
    logger.emit(LogRecord(severity_number=SeverityNumber.WARN, severity_text="WARN", body="no rows found"))
    metrics.get_meter("python-lib").create_histogram("http.server.request.duration", "s").record(0.25)

for provider in (traces, logs, metrics):
    provider.shutdown()
print(format(server.get_span_context().trace_id, "032x"))
