/** Checks each request against the ranges that the service definition documents. */
import { ServerError, Status } from "nice-grpc-common";
import type { Throw } from "./dice.ts";

/** @throws ServerError INVALID_ARGUMENT that names the field, its range and what was sent. */
export function readThrow({ player, rolls, sides }: Throw): Throw {
  if (player.length > 64) invalid(`player must be at most 64 characters, got ${player.length}`);
  return { player, rolls: readInRange("rolls", rolls, 1, 1000), sides: readInRange("sides", sides, 2, 1000) };
}

/** @throws ServerError INVALID_ARGUMENT as `readThrow` does. */
export function readInterval(intervalMs: number): number {
  return readInRange("interval_ms", intervalMs, 0, 1000);
}

function readInRange(field: string, value: number, min: number, max: number): number {
  if (value < min || value > max) invalid(`${field} must be from ${min} to ${max}, got ${value}`);
  return value;
}

function invalid(message: string): never {
  throw new ServerError(Status.INVALID_ARGUMENT, message);
}
