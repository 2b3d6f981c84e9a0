/** The event loop stands still for 50 ms, four times a second. */
import { reportAtEnd } from "./report.ts";

let stalls = 0;
reportAtEnd(() => stalls);
setInterval(() => {
  stalls += 1;
  const until = performance.now() + 50;
  while (performance.now() < until);
}, 250).unref();
