/** Sends illegal headers to a server over HTTP/1 and over gRPC, and counts what goes wrong in it. */
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { sum } from "../bench/statistics.ts";
import { illegalHeader, illegalLine, type Random, randomFrom } from "./illegal-headers.ts";
import { head } from "./sockets.ts";

export interface IllegalOptions {
  readonly port: number;
  readonly headers: number;
  readonly seed: number;
}

const CONNECTIONS = 8;
const HEADERS_PER_REQUEST = 4;
/** Requests that are sent on a connection before one is answered. */
const PIPELINE = 10;
const ANSWER_TIMEOUT_MS = 5000;

/** @param line The first line of each request, without the version. @returns How many answers were 500 or worse, or did not come. */
export async function sendIllegalHttp(
  { port, headers, seed }: IllegalOptions,
  line: string,
  ...legal: readonly string[]
): Promise<number> {
  const batches = Math.ceil(headers / HEADERS_PER_REQUEST / PIPELINE / CONNECTIONS);
  const failures = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, connection) => {
      const random = randomFrom(seed + connection);
      let failed = 0;
      for (let batch = 0; batch < batches; batch++) {
        const requests = Array.from({ length: PIPELINE }, (_, index) => {
          const illegal = Array.from({ length: HEADERS_PER_REQUEST }, () => illegalLine(random));
          return head(line, ...legal, ...illegal, ...(index === PIPELINE - 1 ? ["Connection: close"] : []));
        });
        failed += await sendAll(port, requests);
      }
      return failed;
    }),
  );
  return sum(failures);
}

/** What follows a refused request on its connection is not read, so it is sent again on another one. */
async function sendAll(port: number, requests: readonly string[]): Promise<number> {
  let failed = 0;
  for (let rest = requests; rest.length > 0; ) {
    let statuses = await exchange(port, rest, { closesAfter: "sending" });
    // Its answer can be lost: the server may take a closed side for a client that has left, and it resets a connection on
    // which more is under way.
    if (statuses.length === 0) statuses = await exchange(port, rest.slice(0, 1), { closesAfter: "answer" });
    failed += statuses.filter((status) => status.includes(" 5")).length + (statuses.length === 0 ? 1 : 0);
    rest = rest.slice(Math.max(1, statuses.length));
  }
  return failed;
}

interface ExchangeOptions {
  /** When this side is closed. A server that refuses a request may wait for more of it. */
  readonly closesAfter: "sending" | "answer";
}

/** @returns The statuses that were answered until the server closed; none when it did not in time. */
function exchange(
  port: number,
  requests: readonly string[],
  { closesAfter }: ExchangeOptions,
): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  let answer = "";
  const socket = connect(port, "127.0.0.1", () => {
    socket.write(requests.join(""), "latin1");
    if (closesAfter === "sending") socket.end();
  });
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => {
    answer = "";
    socket.destroy();
  });
  socket.setEncoding("latin1").on("data", (text) => {
    answer += text;
    if (closesAfter === "answer") socket.end();
  });
  const statuses = (): readonly string[] => answer.match(/HTTP\/1\.1 \d\d\d/g) ?? [];
  socket.on("error", () => socket.destroy()).on("close", () => resolve(statuses()));
  return promise;
}

/** @returns How many calls ended without a status, or with one that says that the server failed. */
export async function sendIllegalGrpc({ port, headers, seed }: IllegalOptions, method: string): Promise<number> {
  const random = randomFrom(seed);
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  const calls = Math.ceil(headers / HEADERS_PER_REQUEST);
  let sent = 0;
  let failed = 0;
  const callInTurn = async (): Promise<void> => {
    while (sent < calls) {
      sent += 1;
      const status = await call(session, method, sendableHeaders(random));
      if (status === undefined || FAILED.test(status)) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS * 4 }, callInTurn));
  session.destroy();
  return failed;
}

/** UNKNOWN, and INTERNAL, except where grpc-js itself refuses the header for the time limit. */
const FAILED = /^2 |^13 (?!Invalid%20grpc-timeout)/;
/** An empty message: five bytes of a frame. */
const EMPTY = new Uint8Array(5);
/** What HTTP/2 itself refuses is not sent: it would be an error of this client. */
const UNSENDABLE = /[^\x20-\x7e]|^\s|\s$/;

/** As many as a request has, each with another name: others are generated until there are so many. */
function sendableHeaders(random: Random): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  while (headers.size < HEADERS_PER_REQUEST) {
    const { name, value } = illegalHeader(random);
    if (!UNSENDABLE.test(value) && name !== "content-type") headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

/** @returns `grpc-status` and `grpc-message`, or "refused" where the status of HTTP says so; `undefined` without an answer. */
function call(
  session: ReturnType<typeof connectHttp2>,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const own = { ":path": path, ":method": "POST", "content-type": "application/grpc", te: "trailers" };
  const stream = session.request({ ...own, ...headers });
  const timer = setTimeout(() => {
    resolve(undefined);
    stream.close();
  }, ANSWER_TIMEOUT_MS);
  let status: string | undefined;
  const take = (given: Readonly<Record<string, unknown>>): void => {
    const { "grpc-status": code, "grpc-message": message = "" } = given;
    if (code !== undefined) status = `${code} ${message}`;
    else if (given[":status"] !== 200 && given[":status"] !== undefined) status = "refused";
  };
  stream.on("response", take).on("trailers", take);
  // Back refuses no stream in HTTP/2 itself, so one that is reset is a failure.
  stream.on("error", () => resolve(undefined)).on("close", () => resolve(status));
  stream.resume();
  stream.end(EMPTY);
  return promise.finally(() => clearTimeout(timer));
}
