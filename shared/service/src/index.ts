/** What every service needs: reading its variables, writing its address, and stopping in order. */
export { hostAndPort } from "./address.ts";
export { type Announcement, announce } from "./announce.ts";
export { type Environment, readEnvironment } from "./environment.ts";
export { endEarlierLoad, exitOnSignals, type StoppableService } from "./exit-on-signals.ts";
export { withPromptExport } from "./prompt-export.ts";
export type { ServiceLog } from "./service-log.ts";
export { settlesWithin } from "./settles-within.ts";
export { type Terminal, terminalOf } from "./terminal.ts";
