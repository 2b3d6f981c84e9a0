/** The knobs of back. Nothing else in this service reads the environment. */
import { readEnvironment } from "@baton/service";

export interface BackConfig {
  /** `BACK_HOST`. @default "127.0.0.1" */
  readonly host: string;
  /** `BACK_PORT`; 0 takes any free port. @default 50051 */
  readonly port: number;
  /**
   * `BACK_MAX_CONNECTION_AGE_MS`: after this a connection takes no new calls, and its caller opens another. Where callers
   * find back by a name, they look it up again then, and see backs that were added; 0 is never. @default 0
   */
  readonly maxConnectionAgeMs: number;
  /** `SHUTDOWN_TIMEOUT_MS`: how long calls that are running may take to finish. @default 10000 */
  readonly shutdownTimeoutMs: number;
  /** One sentence for each value that was not used. */
  readonly problems: readonly string[];
}

/** @param source Where the variables are: `process.env`, or a plain object in a test. */
export function readBackConfig(source: Readonly<Record<string, string | undefined>>): BackConfig {
  const env = readEnvironment(source);
  return {
    host: env.text("BACK_HOST", "127.0.0.1"),
    port: env.integer("BACK_PORT", 50_051, { min: 0, max: 65_535 }),
    maxConnectionAgeMs: env.integer("BACK_MAX_CONNECTION_AGE_MS", 0, { min: 0, max: 86_400_000 }),
    shutdownTimeoutMs: env.integer("SHUTDOWN_TIMEOUT_MS", 10_000, { min: 0, max: 600_000 }),
    problems: env.problems,
  };
}
