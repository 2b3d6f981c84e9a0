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
/** Requests with spans since the behaviour last changed. */
let asked = 0;
let changed = Promise.withResolvers<void>();
const current = async (isTraces: boolean): Promise<Behaviour> => {
  if (isTraces) asked += 1;
  const asAsked = behaviour;
  if (asAsked.delayMs) await Promise.race([Bun.sleep(asAsked.delayMs), changed.promise]);
  return asAsked;
};
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
/** What the proxy had done before the behaviour last changed. */
let faultsBefore = 0;

async function behave(next: Behaviour): Promise<void> {
  clearInterval(restarts);
  behaviour = next;
  changed.resolve();
  changed = Promise.withResolvers();
  asked = 0;
  faultsBefore = proxy.faults;
  let isAway = next.restartsEachMs !== undefined;
  await proxy.fail(isAway ? "refuse" : next.network);
  if (isAway) {
    restarts = setInterval(() => {
      isAway = !isAway;
      void proxy.fail(isAway ? "refuse" : undefined);
    }, next.restartsEachMs);
  }
  spans.startAnew();
}

/** What the network does is counted by the proxy. */
function countFaults(): number {
  const { network, restartsEachMs, ...answers } = behaviour;
  return proxy.faults - faultsBefore + (Object.keys(answers).length > 0 ? asked : 0);
}

process.on("message", async (call: ReceiverCall) => {
  if ("behave" in call) await behave(call.behave);
  const { firstAcceptedAt, impossible } = spans;
  const accepted = spans.counts();
  const counts: ReceiverCounts = {
    accepted,
    firstAcceptedAt,
    impossible,
    faults: countFaults(),
    ledger: ledger.read(),
  };
  process.send?.(counts);
});
process.on("disconnect", () => process.exit(0));
const started: ReceiverStarted = {
  url: `${tls ? "https" : "http"}://${tls ? "localhost" : "127.0.0.1"}:${proxy.port}`,
  ledgerUrl: ledgerServer.url.href.replace(/\/$/, ""),
};
process.send?.(started);
