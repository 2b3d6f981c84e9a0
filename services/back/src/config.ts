/** The settings of back. No other file of this service reads the environment. */
import { readEnvironment } from "@baton/service";

export interface BackConfig {
  /** `BACK_HOST`. @default "127.0.0.1" */
  readonly host: string;
  /** `BACK_PORT`; 0 takes any free port. @default 50051 */
  readonly port: number;
  /**
   * `BACK_MAX_CONNECTION_AGE_MS`: a connection of this age takes no new calls, and its client opens another one. Clients
   * that find back by name resolve the name again then, and find backs that were added. 0 means never. @default 0
   */
  readonly maxConnectionAgeMs: number;
  /** `SHUTDOWN_TIMEOUT_MS`: how long running calls may take to finish at shutdown. @default 10000 */
  readonly shutdownTimeoutMs: number;
  /** `LAB`: 1 loads the lab: faults on request, and a service for each option of telemetry. Only for demonstrations. @default 0 */
  readonly lab: boolean;
  /** One sentence for each value that is invalid and was replaced by its default. */
  readonly problems: readonly string[];
}

/** @param source The variables: `process.env`, or a plain object in a test. */
export function readBackConfig(source: Readonly<Record<string, string | undefined>>): BackConfig {
  const env = readEnvironment(source);
  return {
    host: env.text("BACK_HOST", "127.0.0.1"),
    port: env.integer("BACK_PORT", 50_051, { min: 0, max: 65_535 }),
    maxConnectionAgeMs: env.integer("BACK_MAX_CONNECTION_AGE_MS", 0, { min: 0, max: 86_400_000 }),
    shutdownTimeoutMs: env.integer("SHUTDOWN_TIMEOUT_MS", 10_000, { min: 0, max: 600_000 }),
    lab: env.integer("LAB", 0, { min: 0, max: 1 }) === 1,
    problems: env.problems,
  };
}
