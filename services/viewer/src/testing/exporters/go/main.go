// Sends one trace and one metric with the exporters of OpenTelemetry for Go, and prints the trace id.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	ctx := context.Background()
	res := resource.NewSchemaless(attribute.String("service.name", "go-service"))
	exporter, err := newExporter(ctx)
	check(err)
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(res))
	tracer := provider.Tracer("go-lib", trace.WithInstrumentationVersion("1.2.3"))

	parent, server := tracer.Start(ctx, "GET /go", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.Int64("big", 9007199254740993),
		attribute.Float64("half", 0.5),
		attribute.Bool("yes", true),
		attribute.StringSlice("list", []string{"a", "b"}),
	))
	_, client := tracer.Start(parent, "query", trace.WithSpanKind(trace.SpanKindClient), trace.WithLinks(trace.LinkFromContext(parent)))
	client.RecordError(errors.New("no rows"))
	client.SetStatus(codes.Error, "no rows")
	client.End()
	server.End()
	check(provider.Shutdown(ctx))

	metricExporter, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(os.Getenv("OTLP_HTTP")+"/v1/metrics"))
	check(err)
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(metricExporter)), metric.WithResource(res))
	histogram, err := meters.Meter("go-lib").Float64Histogram("http.server.request.duration")
	check(err)
	histogram.Record(parent, 0.25)
	check(meters.Shutdown(ctx))
	fmt.Println(server.SpanContext().TraceID())
}

func newExporter(ctx context.Context) (*otlptrace.Exporter, error) {
	if os.Args[1] == "grpc" {
		return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(os.Getenv("OTLP_GRPC")), otlptracegrpc.WithCompressor("gzip"))
	}
	url := os.Getenv("OTLP_HTTP") + "/v1/traces"
	return otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(url), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
