/** The instrumentation scope of what this package makes. @see https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
export { VERSION } from "./export/user-agent.ts";

export const SCOPE = "@baton/telemetry";
