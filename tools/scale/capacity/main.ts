/**
 * `bun run capacity`: the capacity plan, from measured inputs. `--write` puts it into docs/scaling.md; `--measure` measures
 * the inputs first, which needs the programs of the scale test and about five minutes.
 */
import { writePart } from "../document.ts";
import { findTools } from "../tools.ts";
import { readInputs, writeInputs } from "./inputs.ts";
import { measureInputs } from "./measure.ts";
import { renderTables } from "./tables.ts";

const measuring = process.argv.includes("--measure");
const tools = measuring ? findTools(process.env) : undefined;

if (tools !== undefined && !("jaeger" in tools)) {
  console.error(`Measuring needs programs that were not found. Set ${tools.join(", ")}. See docs/scaling.md.`);
  process.exitCode = 2;
} else {
  if (tools !== undefined) await writeInputs(await measureInputs(tools, console.error));
  const tables = renderTables(await readInputs());
  if (process.argv.includes("--write")) await writePart("capacity", tables);
  else console.log(tables);
}
