/** gRPC over plain `node:http2`, because nice-grpc's `Metadata` joins headers that are to be sent and seen separately. */
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { HeaderLines } from "@baton/doctor/cases";

/** What the called method answered. */
export interface RawReply {
  readonly status: string;
  readonly message: string;
}

/** One connection for many calls. */
export interface RawGrpcClient {
  call(path: string, headers: HeaderLines, message: string): Promise<RawReply>;
  stop(): void;
}

export function connectRawGrpc(port: number): RawGrpcClient {
  const session = connect(`http://127.0.0.1:${port}`);
  return {
    stop: () => session.destroy(),
    call(path, headers, message) {
      const { promise, resolve, reject } = Promise.withResolvers<RawReply>();
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
        ...groupByName(headers),
      });
      const chunks: Buffer[] = [];
      let status = "";
      const readStatus = (fields: IncomingHttpHeaders) => {
        status = String(fields["grpc-status"] ?? status);
      };
      stream.on("response", readStatus);
      stream.on("trailers", readStatus);
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", reject);
      stream.on("close", () => resolve({ status, message: Buffer.concat(chunks).subarray(FRAME_HEAD).toString() }));
      stream.end(frame(message));
      return promise;
    },
  };
}

/** A server that answers every call with an empty message and keeps the headers of each as they came. */
export interface RawGrpcServer {
  readonly address: string;
  /** Takes the calls received since the last call. */
  take(): HeaderLines[];
  stop(): void;
}

export async function startRawGrpcServer(): Promise<RawGrpcServer> {
  const calls: HeaderLines[] = [];
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    calls.push(Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => [name, `${value}`])));
    stream.on("error", () => {});
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(frame("{}"));
    stream.resume();
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { address: `127.0.0.1:${address.port}`, take: () => calls.splice(0), stop: () => server.close() };
}

/** Header lines of one name become an array, which `node:http2` sends as separate fields. */
function groupByName(headers: HeaderLines): Record<string, string[]> {
  const grouped = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return Object.fromEntries([...grouped].map(([name, lines]) => [name, lines.map(([, value]) => value)]));
}

const FRAME_HEAD = 5;

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests (Length-Prefixed-Message) */
function frame(message: string): Buffer {
  const body = Buffer.from(message);
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
