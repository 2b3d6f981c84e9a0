/** The instrumentation scope of this package's spans and metrics. @see https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
import packageJson from "../package.json" with { type: "json" };

export const SCOPE = "@baton/telemetry";
export const VERSION: string = packageJson.version;
