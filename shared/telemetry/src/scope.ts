/** The instrumentation scope of this package's spans and metrics. @see https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
import packageJson from "../package.json" with { type: "json" };

export const SCOPE = "@baton/telemetry";
/** A private package may have no version. */
export const VERSION: string = "version" in packageJson ? String(packageJson.version) : "0.0.0";
