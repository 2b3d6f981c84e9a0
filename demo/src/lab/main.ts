/** The process between front and back, with a service of a stranger beside it. Both are only for the lab. */
import { startProxy } from "./proxy.ts";
import { readProxyConfig } from "./proxy-config.ts";

const { host, port, strangerPort, backAddress } = readProxyConfig(process.env);

const address = await startProxy({ host, port, backAddress });
// The health check asks the stranger, so it listens last.
const stranger = Bun.serve({ hostname: host, port: strangerPort, fetch: () => Response.json({ thanks: true }) });
console.log(JSON.stringify({ address, stranger: stranger.url.href, msg: "the lab's proxy listens" }));
