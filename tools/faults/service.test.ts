import { expect, test } from "bun:test";
import { freePort } from "../free-port.ts";
import { judge } from "./judge.ts";
import { startService } from "./service.ts";

test("the memory of a service that has ended is not measured", async () => {
  const service = startService({ service: "back", port: await freePort() });
  expect(await service.rss()).toBeGreaterThan(0);
  await service[Symbol.asyncDispose]();
  const moreBytes = await service.rss();
  expect(judge(5, { memory: { moreBytes } }).kept).toBeFalse();
});
