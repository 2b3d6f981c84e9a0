import { expect, test } from "bun:test";
import { createLogLines } from "../log-lines.ts";
import { FAULTS_MADE } from "../preload/report.ts";
import { requireFault } from "./process.ts";

test.each([
  ["", false],
  [`${FAULTS_MADE}0\n`, false],
  [`a warning\n${FAULTS_MADE}4\n`, true],
])("a service whose standard error is %j was disturbed: %p", async (text, made) => {
  const log = createLogLines();
  await log.followErrors(new Blob([text]).stream());
  const check = (): void => requireFault({ name: "front", log });
  if (made) expect(check).not.toThrow();
  else expect(check).toThrow("the fault was not made: front");
});
