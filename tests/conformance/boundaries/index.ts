/** Every boundary at which the cases run. */
import type { Telemetry } from "@baton/telemetry";
import type { Boundary } from "./boundary.ts";
import { startGrpcIn, startHttpIn } from "./incoming.ts";
import { startGrpcOut, startHttpOut } from "./outgoing.ts";
import { startRelayed } from "./relayed.ts";

export const boundaries: readonly ((telemetry: Telemetry) => Boundary | Promise<Boundary>)[] = [
  (telemetry) => startHttpIn(telemetry),
  startHttpOut,
  (telemetry) => startGrpcIn(telemetry),
  startGrpcOut,
  startRelayed,
];
