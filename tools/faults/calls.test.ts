/** A call that is refused is not in its middle. Against a server on this machine. */
import { expect, test } from "bun:test";
import { openCall } from "./calls.ts";

test.each(["stream", "upload"] as const)("a %s that is refused does not count as running", async (kind) => {
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response("no", { status: 503 }),
  });
  await expect(openCall[kind](server.url.href.replace(/\/$/, ""))).rejects.toThrow(`the ${kind} was answered 503`);
});
