/** OTLP over HTTP in protobuf and JSON. An answer has the encoding of its request. */
import type { Access } from "../access.ts";
import type { Store } from "../store.ts";
import type { AllowedOrigins } from "./allowed-origins.ts";
import { Status } from "./gen/google/rpc/status.ts";
import { BodyError, type Intake, RETRY_AFTER_S } from "./intake.ts";
import { parseExactJson } from "./json-reader.ts";
import { checkJsonValues, decodeBounded, LimitError } from "./limits.ts";
import { logs, metrics, type TelemetrySignal, traces } from "./telemetry-signals.ts";
import { HTTP_ENCODINGS } from "./unpack.ts";

export interface OtlpHttpOptions {
  readonly store: Store;
  readonly intake: Intake;
  /** Whose pages may send from a browser. */
  readonly allowedOrigins: AllowedOrigins;
  readonly access: Access;
}

/** For a person who sets up an exporter. */
export const TOKEN_IS_MISSING =
  "this viewer asks for a token: set OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN, with the value of VIEWER_TOKEN";

type Encoding = "application/json" | "application/x-protobuf";
type Receiver = (request: Request, encoding: Encoding) => Promise<Response>;

/** Codes of google.rpc.Status by the HTTP status that it goes with. */
const RPC_CODES = { 400: 3, 401: 16, 403: 7, 404: 12, 405: 12, 408: 4, 413: 8, 415: 3, 503: 14 } as const;

/** @see https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function createOtlpHttp({
  store,
  intake,
  allowedOrigins,
  access,
}: OtlpHttpOptions): (request: Request) => Promise<Response> {
  const receivers = new Map<string, Receiver>([
    ["/v1/traces", createReceiver(traces, store, intake)],
    ["/v1/logs", createReceiver(logs, store, intake)],
    ["/v1/metrics", createReceiver(metrics, store, intake)],
  ]);
  const paths = [...receivers.keys()].join(", ");
  return async (request) => {
    const receive = receivers.get(new URL(request.url).pathname);
    // Until the encoding is known, an error is JSON, which people can read.
    if (!receive) return fail(404, "application/json", `OTLP is accepted at ${paths}`);
    const cors = allowedOrigins.headersFor(request);
    const response = await answer(request, receive, access, cors !== undefined);
    for (const [name, value] of Object.entries(cors ?? {})) response.headers.set(name, value);
    return response;
  };
}

async function answer(
  request: Request,
  receive: Receiver,
  access: Access,
  isAllowedOrigin: boolean,
): Promise<Response> {
  const { method, headers } = request;
  if (method === "OPTIONS" && isAllowedOrigin) return new Response(null, { status: 204 });
  if (method !== "POST") return fail(405, "application/json", "OTLP is sent with POST", { allow: "POST" });
  // Programs say neither. A page of another port of this machine is of the same site, and still somebody else's.
  const isPage = headers.has("origin") || headers.get("sec-fetch-site") === "cross-site";
  if (isPage && !isAllowedOrigin) {
    const origin = headers.get("origin") ?? "an unnamed origin";
    const message = `a page of ${origin} may not send here: VIEWER_ALLOWED_ORIGINS lists whose pages may`;
    return fail(403, "application/json", message);
  }
  if (!access.allowsProgram(headers.get("authorization")))
    return fail(401, "application/json", TOKEN_IS_MISSING, { "www-authenticate": "Bearer" });
  const encoding = readEncoding(request);
  if (encoding) return receive(request, encoding);
  return fail(415, "application/json", "content-type must be application/x-protobuf or application/json");
}

function createReceiver<Message, Answer>(
  signal: TelemetrySignal<Message, Answer>,
  store: Store,
  intake: Intake,
): Receiver {
  return async (request, encoding) => {
    try {
      const answer = await intake.take(bodyOf(request), (bytes) => signal.take(store, decode(signal, bytes, encoding)));
      const body = encoding === "application/json" ? toJson(answer) : signal.responseType.encode(answer).finish();
      return new Response(body, { headers: { "content-type": encoding } });
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      const headers = error.status === 503 ? { "retry-after": String(RETRY_AFTER_S) } : {};
      return fail(error.status, encoding, error.message, headers);
    }
  };
}

function bodyOf(request: Request) {
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() || "identity";
  const length = Number(request.headers.get("content-length"));
  return { chunks: request.body ?? NOTHING, length, encoding, encodings: HTTP_ENCODINGS };
}

const NOTHING = new Blob([]).stream();

function readEncoding(request: Request): Encoding | undefined {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  return type === "application/json" || type === "application/x-protobuf" ? type : undefined;
}

/** Every error of a decoder means that the body is invalid. @throws BodyError */
function decode<Message>(signal: TelemetrySignal<Message, unknown>, body: Uint8Array, encoding: Encoding): Message {
  try {
    if (encoding === "application/x-protobuf") return decodeBounded(signal.requestType, body);
    const json = new TextDecoder("utf-8", { fatal: true }).decode(body);
    checkJsonValues(json);
    return signal.readJson(parseExactJson(json));
  } catch (error) {
    if (error instanceof LimitError) throw new BodyError(413, error.message);
    throw new BodyError(400, `the body is not OTLP as ${encoding}: ${whyNot(error)}`);
  }
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /call stack|recursion/.test(error.message) ? "it is nested too deeply" : error.message.trim();
}

/** In protobuf's JSON form integers of 64 bits are text, and what is not set is left out. */
function toJson(message: unknown): string {
  return JSON.stringify(message, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

/** @see https://opentelemetry.io/docs/specs/otlp/#failures-1 */
function fail(
  status: keyof typeof RPC_CODES,
  encoding: Encoding,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const rpcStatus: Status = { code: RPC_CODES[status], message, details: [] };
  const body =
    encoding === "application/json" ? toJson({ code: rpcStatus.code, message }) : Status.encode(rpcStatus).finish();
  return new Response(body, { status, headers: { ...headers, "content-type": encoding } });
}
