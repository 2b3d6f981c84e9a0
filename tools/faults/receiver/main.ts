/**
 * The backend of one run, a process of its own: it behaves as it is told, and counts the spans that it accepted. A second
 * port always works. It takes the metrics in which the services count their own spans.
 */
import { startTcpProxy } from "../proxy.ts";
import type { Behaviour, ReceiverCounts } from "./behaviour.ts";
import { serveGrpc } from "./grpc.ts";
import { serveHttp } from "./http.ts";
import { createLedger } from "./ledger.ts";
import { createAcceptedSpans } from "./spans.ts";

export interface ReceiverStarted {
  readonly url: string;
  readonly ledgerUrl: string;
}
export type ReceiverCall = { readonly behave: Behaviour } | { readonly counts: true };

const [protocol = "http/protobuf", withTls] = process.argv.slice(2);
const certificates = new URL("../../../shared/telemetry/fixtures/certificates/", import.meta.url);
const read = (name: string): Promise<string> => Bun.file(new URL(name, certificates)).text();
const tls = withTls === "tls" ? { cert: await read("server.pem"), key: await read("server-key.pem") } : undefined;

const spans = createAcceptedSpans();
const ledger = createLedger();
let behaviour: Behaviour = {};
const current = (): Behaviour => behaviour;
const port = protocol === "grpc" ? await serveGrpc(spans, current, tls) : serveHttp(spans, current, tls);
const proxy = await startTcpProxy(port);
const ledgerServer = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: async (request) => {
    ledger.take(new URL(request.url).pathname, new Uint8Array(await request.arrayBuffer()));
    return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
  },
});

let restarts: Timer | undefined;
let isAway = false;
function toggle(): void {
  isAway = !isAway;
  void proxy.fail(isAway ? "refuse" : undefined);
}

process.on("message", async (call: ReceiverCall) => {
  if ("behave" in call) {
    behaviour = call.behave;
    clearInterval(restarts);
    await proxy.fail(behaviour.network);
    if (behaviour.restartsEachMs !== undefined) restarts = setInterval(toggle, behaviour.restartsEachMs);
    spans.startAnew();
  }
  const { firstAcceptedAt, impossible } = spans;
  const accepted = spans.counts();
  process.send?.({ accepted, firstAcceptedAt, impossible, ledger: ledger.read() } satisfies ReceiverCounts);
});
process.on("disconnect", () => process.exit(0));
const started: ReceiverStarted = {
  url: `${tls ? "https" : "http"}://${tls ? "localhost" : "127.0.0.1"}:${proxy.port}`,
  ledgerUrl: ledgerServer.url.href.replace(/\/$/, ""),
};
process.send?.(started);
