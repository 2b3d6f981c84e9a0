/**
 * The system's clock jumps an hour with each SIGUSR2: ahead, then back to an hour before the start. As with a real jump,
 * only the time of day changes: `performance.now()` and timers count on.
 */
import { reportAtEnd } from "./report.ts";

const HOUR_MS = 3_600_000;
let offset = 0;
let jumps = 0;
reportAtEnd(() => jumps);
process.on("SIGUSR2", () => {
  jumps += 1;
  offset = offset > 0 ? -HOUR_MS : HOUR_MS;
});

const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [RealDate.now() + offset] : given, newTarget),
  get: (target, name) => (name === "now" ? () => RealDate.now() + offset : Reflect.get(target, name)),
});
