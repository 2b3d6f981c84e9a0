/** What the exporters call themselves. */
import { VERSION } from "../scope.ts";

/** @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const USER_AGENT = `OTel-OTLP-Exporter-Baton/${VERSION}`;
