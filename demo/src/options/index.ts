/** One row for each option of telemetry: the page shows it, and the end-to-end tests check it. */
import { baggageOptions } from "./baggage.ts";
import { grpcClientOptions, grpcServerOptions } from "./grpc.ts";
import { httpClientOptions } from "./http-client.ts";
import { httpServerOptions } from "./http-server.ts";
import type { OptionScenario } from "./option-scenario.ts";

export type { OptionScenario, Side } from "./option-scenario.ts";

export const optionScenarios: readonly OptionScenario[] = [
  ...httpServerOptions,
  ...httpClientOptions,
  ...grpcServerOptions,
  ...grpcClientOptions,
  ...baggageOptions,
];
