/** The process between front and back, with a service of a stranger beside it. Both are only for the lab. */
import { startProxy } from "./proxy.ts";

const { LAB_PROXY_PORT = "0", LAB_STRANGER_PORT = "0", BACK_ADDRESS = "127.0.0.1:50051" } = process.env;

const stranger = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(LAB_STRANGER_PORT),
  fetch: () => Response.json({ thanks: true }),
});
const proxy = await startProxy({ port: Number(LAB_PROXY_PORT), backAddress: BACK_ADDRESS });
console.log(JSON.stringify({ address: proxy.address, stranger: stranger.url.href, msg: "the lab's proxy listens" }));

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    proxy.stop();
    void stranger.stop(true).then(() => process.exit(0));
  });
}
