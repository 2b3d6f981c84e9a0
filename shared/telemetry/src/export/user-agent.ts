/** What the exporters call themselves. */
import packageJson from "../../package.json" with { type: "json" };

/** Absent while the package is private. */
export const VERSION: string = "version" in packageJson ? String(packageJson.version) : "0.0.0";

/** @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const USER_AGENT = `OTel-OTLP-Exporter-Baton/${VERSION}`;
