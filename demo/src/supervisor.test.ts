import { expect, setDefaultTimeout, test } from "bun:test";
import { createSupervisor } from "./supervisor.ts";

setDefaultTimeout(60_000);

test("a process that was started again still stops after those that need it", async () => {
  const supervisor = createSupervisor();
  const ends: Promise<unknown>[] = [];
  const stopped: string[] = [];
  const start = async (name: string) => {
    const { exited } = await supervisor.start({
      name,
      path: "services/back",
      env: { PATH: process.env.PATH ?? "", BACK_PORT: "0", OTEL_SDK_DISABLED: "true" },
      readUrl: (line) => (line.includes("back answers gRPC") ? line : undefined),
    });
    ends.push(exited.then(() => stopped.push(name)));
  };
  await start("needed");
  await start("user");
  await supervisor.stop("needed");
  await start("needed");
  await supervisor.stopAll();
  await Promise.all(ends);
  expect(stopped).toEqual(["needed", "user", "needed"]);
});
