/** Replaces `@baton/telemetry` in the real services. */
import { plugin } from "bun";

/** The replacement of each entry of the package. */
export interface Replacement {
  readonly main: Readonly<Record<string, unknown>>;
  readonly http: Readonly<Record<string, unknown>>;
  readonly grpc: Readonly<Record<string, unknown>>;
}

/** Call it from a module that runs before the service does (`bun --preload`). */
export function replaceTelemetry({ main, http, grpc }: Replacement): void {
  plugin({
    name: "replace @baton/telemetry",
    setup(build) {
      build.module("@baton/telemetry", () => ({ exports: { ...main }, loader: "object" }));
      build.module("@baton/telemetry/http", () => ({ exports: { ...http }, loader: "object" }));
      build.module("@baton/telemetry/grpc", () => ({ exports: { ...grpc }, loader: "object" }));
    },
  });
}
