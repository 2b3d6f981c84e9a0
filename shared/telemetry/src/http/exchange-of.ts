/** Finds the exchange of a request: for the plugin's own hooks, and for the messages of a WebSocket after its handshake. */
import type { Exchange } from "./exchange.ts";

/** A property of the request: a WeakMap would be work for the garbage collector with each request. */
const EXCHANGE = Symbol("@baton/telemetry exchange");

interface Observed extends Request {
  [EXCHANGE]?: Exchange;
}

export function setExchange(request: Observed, exchange: Exchange): void {
  request[EXCHANGE] = exchange;
}

export function exchangeOf(request: Observed): Exchange | undefined {
  return request[EXCHANGE];
}
