/** The faults of the backend of the traces, each over HTTP and over gRPC. */
import { type BackendFault, runBackendCell } from "../cells/backend.ts";
import type { Fault } from "../fault.ts";
import type { PromiseId } from "../promises.ts";
import type { Protocol } from "../receiver/start.ts";

interface Row extends BackendFault {
  readonly id: string;
  readonly what: string;
  /** Over this protocol it is in the short form. */
  readonly short?: Protocol;
  /** In the place of recovery: the receiver asked for a longer time than recovery may take. */
  readonly asksForLong?: boolean;
}

const NO_SUCH_HOST = "http://no-such-host.invalid:4318";

const rows: readonly Row[] = [
  { id: "works", what: "works", behaviour: {}, harmless: true },
  {
    id: "refuses",
    what: "refuses connections",
    behaviour: { network: "refuse" },
    short: "http/protobuf",
    answersLost: true,
  },
  {
    id: "silent",
    what: "accepts connections and never answers, until it goes on with all of them",
    behaviour: { network: "silent" },
    short: "http/protobuf",
    answersLost: true,
  },
  {
    id: "dead",
    what: "accepts connections that stay dead for ever",
    behaviour: { network: "dead" },
    answersLost: true,
  },
  { id: "503", what: "answers 503", behaviour: { status: 503 } },
  { id: "503-1s", what: "answers 503, `Retry-After: 1`", behaviour: { status: 503, retryAfter: "1" } },
  {
    id: "503-30s",
    what: "answers 503, `Retry-After: 30`",
    behaviour: { status: 503, retryAfter: "30" },
    asksForLong: true,
  },
  {
    id: "503-hour",
    what: "answers 503, `Retry-After: 3600`",
    behaviour: { status: 503, retryAfter: "3600" },
    asksForLong: true,
  },
  {
    id: "503-date",
    what: "answers 503, `Retry-After` with a date in 2 s",
    behaviour: { status: 503, retryAfter: { dateInS: 2 } },
  },
  {
    id: "503-nonsense",
    what: "answers 503, `Retry-After: soon`",
    behaviour: { status: 503, retryAfter: "soon" },
  },
  { id: "429", what: "answers 429", behaviour: { status: 429 }, short: "grpc" },
  { id: "429-1s", what: "answers 429, `Retry-After: 1`", behaviour: { status: 429, retryAfter: "1" } },
  {
    id: "429-past",
    what: "answers 429, `Retry-After` with a date an hour ago",
    behaviour: { status: 429, retryAfter: { dateInS: -3600 } },
  },
  { id: "400", what: "answers 400", behaviour: { status: 400 } },
  { id: "401", what: "answers 401", behaviour: { status: 401 } },
  { id: "404", what: "answers 404", behaviour: { status: 404 } },
  { id: "413", what: "answers 413", behaviour: { status: 413 } },
  { id: "partial", what: "takes a part of each batch", behaviour: { rejects: 3 } },
  { id: "garbage", what: "answers with a body of garbage", behaviour: { garbage: true } },
  { id: "reset", what: "resets each connection in the middle of a request", behaviour: { network: "reset" } },
  { id: "5s", what: "takes 5 s for each answer", behaviour: { delayMs: 5000 }, answersLost: true },
  { id: "trickle", what: "answers 200, byte by byte", behaviour: { network: "trickle" }, answersLost: true },
  {
    id: "idle",
    what: "closes idle connections just as they are used",
    behaviour: { network: "drop-idle" },
    short: "http/protobuf",
    harmless: true,
  },
  {
    id: "idle-reset",
    what: "resets idle connections just as they are used",
    behaviour: { network: "reset-idle" },
    harmless: true,
  },
  { id: "restarts", what: "restarts each second", behaviour: { restartsEachMs: 1000 }, answersLost: true },
  { id: "certificate", what: "has a certificate that is not trusted", behaviour: {}, tls: true, permanent: true },
  {
    id: "name",
    what: "has a name that does not resolve",
    behaviour: {},
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: NO_SUCH_HOST, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: NO_SUCH_HOST },
    permanent: true,
  },
];

function promisesOf({ harmless = false, permanent = false, asksForLong = false }: Row): readonly PromiseId[] {
  return [1, 2, ...(harmless ? [3 as const] : []), 4, 5, ...(permanent || asksForLong ? [] : [6 as const])];
}

function overProtocol(row: Row, protocol: Protocol): Fault {
  const { id, what, short, asksForLong: _, ...fault } = row;
  const name = protocol === "grpc" ? "grpc" : "http";
  return {
    id: `${name}-${id}`,
    group: "backend",
    what: `${what} (${protocol === "grpc" ? "gRPC" : "HTTP"})`,
    promises: promisesOf(row),
    short: short === protocol,
    comparable: protocol !== "grpc",
    run: (stage) => runBackendCell({ ...fault, protocol }, stage),
  };
}

export const backendFaults: readonly Fault[] = (["http/protobuf", "grpc"] as const).flatMap((protocol) =>
  rows.map((row) => overProtocol(row, protocol)),
);
