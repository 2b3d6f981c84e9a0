/** Why an export failed, and what to do about it. */
import type { OtlpConfig, Signal } from "../config.ts";

/** A batch that was given up. */
export interface Failure {
  readonly ok: false;
  /** What happened, as in "connection refused". */
  readonly reason: string;
  /** Whole sentences, or empty. */
  readonly advice: string;
  /** `error.type` of the metrics: low-cardinality. */
  readonly errorType: string;
}

export interface Destination {
  readonly signal: Signal;
  readonly otlp: OtlpConfig;
}

/** Without user, password and query, any of which may be a secret. */
export function describeEndpoint(endpoint: string): string {
  if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) return endpoint;
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname === "/" ? "" : url.pathname}`;
}

export const NOT_OTLP = "not_otlp";
export const SHUTDOWN = "shutdown";
export const TIMEOUT = "timeout";

export const TOO_LATE: Failure = {
  ok: false,
  reason: "shutdown timed out before they were sent",
  advice: "",
  errorType: SHUTDOWN,
};

/** An error of this package: its message is one of the three constants above. */
export class ExportError extends Error {
  override readonly name = "ExportError";
}

/** `error` is what a stock exporter ended with: undefined for an HTTP status that asks to come back later. */
export function explainFailure(error: unknown, destination: Destination): Failure {
  const { code, message, details, data } = fieldsOf(error);
  if (error instanceof ExportError) return explainOwn(message, destination);
  if (error === undefined) {
    return fail("the receiver is busy or not ready (HTTP 429, 502, 503 or 504)", "unavailable");
  }
  if (typeof code !== "number") return explainNetwork(code ?? message, destination, code ?? "_OTHER");
  if (destination.otlp.protocol !== "grpc") return explainStatus(code, [message, readableBody(data)], destination);
  if (code === GRPC.indexOf("UNAVAILABLE") && /^(No connection|Name resolution)/.test(details)) {
    return explainNetwork(details, destination, "UNAVAILABLE");
  }
  return explainGrpc(GRPC[code] ?? String(code), details, destination);
}

function explainOwn(kind: string, { signal, otlp }: Destination): Failure {
  if (kind === NOT_OTLP) {
    return fail("the server is not an OTLP receiver", kind, `${ENDPOINT} ${turnOff(signal)}`);
  }
  if (kind === TIMEOUT) {
    const advice = "Is the receiver overloaded? OTEL_EXPORTER_OTLP_TIMEOUT sets how long to wait.";
    return fail(`no answer within ${otlp.timeoutMs} ms`, kind, advice);
  }
  return TOO_LATE;
}

const ENDPOINT = "Check OTEL_EXPORTER_OTLP_ENDPOINT.";
const PATH = "Check the path of OTEL_EXPORTER_OTLP_ENDPOINT; the variable for one signal needs the whole path.";
const CREDENTIALS = "Set the credentials in OTEL_EXPORTER_OTLP_HEADERS.";
const turnOff = (signal: Signal): string => `OTEL_${signal}_EXPORTER=none turns it off.`;

const statusAdvice: Readonly<Record<number, string>> = {
  401: CREDENTIALS,
  403: CREDENTIALS,
  404: PATH,
  405: PATH,
  413: "Set OTEL_BSP_MAX_EXPORT_BATCH_SIZE or OTEL_BLRP_MAX_EXPORT_BATCH_SIZE lower.",
  415: "Set OTEL_EXPORTER_OTLP_PROTOCOL to what the receiver takes.",
};

function explainStatus(status: number, words: readonly string[], destination: Destination): Failure {
  const reason = [`HTTP ${status} ${words[0]}`.trim(), words[1]].filter(Boolean).join(": ");
  const redirect = status >= 300 && status < 400 ? "Redirects are not followed: set the final address." : undefined;
  return fail(reason, String(status), redirect ?? statusAdvice[status] ?? wrongPort(destination));
}

/** By the code of a system error, or by the text that grpc-js makes of one. */
const networkFaults: readonly (readonly [RegExp, string, (destination: Destination) => string])[] = [
  [
    /ECONNREFUSED/,
    "connection refused",
    ({ signal }) => `Is a collector running there? Set OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_${signal}_EXPORTER=none.`,
  ],
  [/ENOTFOUND|EAI_AGAIN|[Nn]ame resolution/, "the host name is unknown", () => ENDPOINT],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, "the host cannot be reached", () => ENDPOINT],
  [/ENOENT/, "there is no such socket", () => ENDPOINT],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/,
    "the server asks for a client certificate",
    () => "Set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY.",
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH/,
    "the server does not speak TLS",
    () => "Does the endpoint have to begin with http://?",
  ],
  [/ALTNAME/, "the certificate is for another host name", () => ENDPOINT],
  [
    /CERT|SELF.SIGNED|UNABLE_TO_|certificate/,
    "the certificate of the server is not trusted",
    () => "Set OTEL_EXPORTER_OTLP_CERTIFICATE to the authority that signed it.",
  ],
  [/HPE_|Protocol error/, "the server uses another protocol", wrongPort],
  [/size limit/, "the answer is too long for an OTLP receiver", wrongPort],
  [
    /ServerName to an IP address/,
    "over gRPC, TLS needs a host name and no IP address",
    () => "Set a host name in OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.",
  ],
  [/ECONNRESET|EPIPE|socket hang up|Failed to connect/, "the connection was closed without an answer", wrongPort],
];

function explainNetwork(text: string, destination: Destination, errorType: string): Failure {
  const [, reason, advice] = networkFaults.find(([pattern]) => pattern.test(text)) ?? [];
  return fail(reason ?? "the connection failed", errorType, advice?.(destination) ?? "");
}

/** Most documents name 4317, which is for gRPC; the default protocol is HTTP, on 4318. */
function wrongPort({ otlp }: Destination): string {
  const port = /:(\d+)(?:\/|$)/.exec(describeEndpoint(otlp.endpoint))?.[1];
  if (port === "4317" && otlp.protocol !== "grpc") {
    return "Port 4317 is for OTLP over gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, or use port 4318.";
  }
  if (port === "4318" && otlp.protocol === "grpc") {
    return "Port 4318 is for OTLP over HTTP: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or use port 4317.";
  }
  return "Check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL.";
}

/** By number. @see https://grpc.io/docs/guides/status-codes/ */
export const GRPC: readonly string[] = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"],
  ...["PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED"],
  ...["INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"],
];

/** What grpc-js says of an answer that is not gRPC, or not OTLP. */
const notGrpc: readonly (readonly [RegExp, string])[] = [
  [/^Received message larger than max/, "the server uses another protocol"],
  [/^No message received/, "the server is not an OTLP receiver"],
  [/^Received RST_STREAM|^Call ended without/, "the call was ended without an answer"],
];

function explainGrpc(name: string, details: string, destination: Destination): Failure {
  if (name === "DEADLINE_EXCEEDED") return { ...explainOwn(TIMEOUT, destination), errorType: name };
  const [, http] = /^Received HTTP status code (\d+)$/.exec(details) ?? [];
  if (http !== undefined) return fail(`HTTP ${http}`, name, statusAdvice[Number(http)] ?? wrongPort(destination));
  const [, words] = notGrpc.find(([pattern]) => pattern.test(details)) ?? [];
  if (words !== undefined) return fail(words, name, wrongPort(destination));
  const denied = name === "UNAUTHENTICATED" || name === "PERMISSION_DENIED";
  const advice = denied ? CREDENTIALS : name === "UNIMPLEMENTED" ? wrongPort(destination) : "";
  return fail(`${name}: ${oneLine(details)}`, name, advice);
}

function fail(reason: string, errorType: string, advice = ""): Failure {
  return { ok: false, reason, advice, errorType };
}

/** The fields that the stock exporters, grpc-js and the system put on their errors. */
function fieldsOf(error: unknown) {
  const { code, details, data }: Readonly<Record<string, unknown>> = Object(error);
  return {
    code: typeof code === "number" || typeof code === "string" ? code : undefined,
    message: error instanceof Error ? error.message : String(error),
    details: typeof details === "string" ? details : "",
    data: typeof data === "string" ? data : "",
  };
}

const MAX_REASON_LENGTH = 200;

/** The reason that a receiver gives, which may be a text, JSON or a `google.rpc.Status`. Empty for a web page. */
function readableBody(body: string): string {
  // Nor is what is compressed.
  if (body.trimStart().startsWith("<") || body.includes("\ufffd")) return "";
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === "object" && json !== null && "message" in json) return oneLine(String(json.message));
  } catch {
    // Not JSON.
  }
  return oneLine(body);
}

/** The text of a receiver, which may be long, of several lines or not printable. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e\u00a0-\uffff]+/g, " ")
    .trim()
    .slice(0, MAX_REASON_LENGTH);
}
