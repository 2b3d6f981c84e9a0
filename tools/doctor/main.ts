/**
 * `bun run test:doctor`: the doctor against services that nobody here wrote. Each is installed from its registry where
 * its runtime is here. What is found must be what docs/doctor.md says; `--write` writes it there.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Examined, idsOf, idsOfPage, putIntoPage } from "./document.ts";
import { checkPacked } from "./packed.ts";
import { examineService, installService, missingProgram } from "./run-service.ts";
import { foreignServices } from "./services.ts";

const path = join(fileURLToPath(new URL("../..", import.meta.url)), "docs/doctor.md");
const page = await Bun.file(path).text();
const documented = idsOfPage(page);
const isWriting = process.argv.includes("--write");
const examined: Examined[] = [];
let passed = 0;
let failed = 0;

try {
  await checkPacked();
  passed += 1;
  console.log("ok       the packed doctor, run by bunx");
} catch (error) {
  failed += 1;
  console.log(`FAILED   the packed doctor: ${error instanceof Error ? error.message : String(error)}`);
}

for (const service of foreignServices) {
  const { name } = service;
  const missing = missingProgram(service);
  if (missing !== undefined) {
    console.log(`skipped  ${name}: ${missing} is not here`);
    continue;
  }
  try {
    const examination = await examineService(service, await installService(service));
    examined.push({ name, examination });
    const [found, wanted] = [idsOf(examination).toSorted(), (documented.get(name) ?? []).toSorted()];
    const same = isWriting || Bun.deepEquals(found, wanted);
    passed += same ? 1 : 0;
    failed += same ? 0 : 1;
    console.log(`${same ? "ok      " : "FAILED  "} ${name}: ${examination.outcome}, ${found.length} findings`);
    if (!same)
      console.log(
        `         docs/doctor.md says ${wanted.join(" ") || "none"}\n         found ${found.join(" ") || "none"}`,
      );
  } catch (error) {
    failed += 1;
    console.log(`FAILED   ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

if (isWriting) {
  if (examined.length < foreignServices.length) throw new Error("docs/doctor.md is written only with all services");
  await Bun.write(path, putIntoPage(page, examined));
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
