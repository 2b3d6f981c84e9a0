/** What the `config.ts` and `main.ts` of a service share: reading variables and stopping in order. */
export { type Environment, readEnvironment } from "./environment.ts";
export type { ServiceLog } from "./service-log.ts";
export { settlesWithin } from "./settles-within.ts";
export { exitOnSignals, type StoppableService } from "./signals.ts";
