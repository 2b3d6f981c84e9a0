/** The heap is nearly full for as long as the process runs. Its limit is in BUN_JSC_forceRAMSize. */
import { reportAtEnd } from "./report.ts";

const OBJECTS = 400_000;
const held = Array.from({ length: OBJECTS }, (_, index) => ({ index, text: `object ${index}` }));
reportAtEnd(() => held.length);
setInterval(() => {
  // Used, so that it is not collected.
  if (held.length !== OBJECTS) throw new Error("the heap was collected");
}, 60_000).unref();
