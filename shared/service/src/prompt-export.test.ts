import { expect, test } from "bun:test";
import { withPromptExport } from "./prompt-export.ts";

test("the delays are shorter where none are set, and as set where they are", () => {
  expect(withPromptExport({ OTEL_BLRP_SCHEDULE_DELAY: " ", HOME: "/root" }, [])).toEqual({
    OTEL_BSP_SCHEDULE_DELAY: "500",
    OTEL_BLRP_SCHEDULE_DELAY: "500",
    HOME: "/root",
  });
  expect(withPromptExport({ OTEL_BSP_SCHEDULE_DELAY: "60000" }, ["--watch"])).toMatchObject({
    OTEL_BSP_SCHEDULE_DELAY: "60000",
  });
});

test("under --watch nothing waits, because a restart gives no time to send it", () => {
  expect(withPromptExport({}, ["--smol", "--watch"])).toEqual({
    OTEL_BSP_SCHEDULE_DELAY: "1",
    OTEL_BLRP_SCHEDULE_DELAY: "1",
  });
});
