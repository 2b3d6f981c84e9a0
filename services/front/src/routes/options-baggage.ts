/** The lists of baggage keys that come in and go out. They belong to the telemetry of a whole service, so each has its own. */
import { startTelemetry, type Telemetry, type TelemetryOptions } from "@baton/telemetry";
import type { OptionText } from "./options.ts";

export interface BaggageOption {
  readonly text: OptionText;
  /** Reads what the caller sent. */
  readonly server: Telemetry;
  /** Writes what is sent on. */
  readonly client: Telemetry;
}

export function baggageOptions(telemetry: Telemetry): readonly BaggageOption[] {
  const keys = ["dice.table"];
  return [
    {
      text: {
        name: "allow-in",
        option: 'startTelemetry({ baggage: { allowIn: ["dice.table"] } })',
        look: "Front received dice.table and dice.secret, and sends on only dice.table: http.request.header.baggage of both sides.",
        why: "Anybody can send baggage. What you do not read cannot fill your spans or reach your other services.",
      },
      server: { ...telemetry, propagator: propagatorWith({ allowIn: keys }) },
      client: telemetry,
    },
    {
      text: {
        name: "allow-out",
        option: 'startTelemetry({ baggage: { allowOut: ["dice.table"] } })',
        look: "Front received dice.table and dice.secret, and sends on only dice.table: http.request.header.baggage of both sides.",
        why: "A key that one service needs is not for every service that it calls.",
      },
      server: telemetry,
      client: { ...telemetry, propagator: propagatorWith({ allowOut: keys }) },
    },
  ];
}

/** Of a telemetry that records nothing: only its propagator is used. */
function propagatorWith(baggage: NonNullable<TelemetryOptions["baggage"]>) {
  const env = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
  return startTelemetry({ serviceName: "front", register: false, env, baggage }).propagator;
}
