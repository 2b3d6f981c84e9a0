/** The requests that scenarios send, as data. */

export interface HttpRequest {
  readonly type: "http";
  /** @default "GET", or "POST" with lines */
  readonly method?: "GET" | "POST" | "PATCH" | "PURGE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as newline-delimited JSON, line by line. @default No body. */
  readonly lines?: readonly string[];
}

export interface WebSocketRequest {
  readonly type: "websocket";
  readonly path: string;
  /** Each is sent after the answer to the one before. Then the socket is closed. */
  readonly messages: readonly string[];
  /** Each message carries the context of a span of its own, in fields beside its others. @default false */
  readonly carriesContext?: boolean;
}

export type Request = HttpRequest | WebSocketRequest;

/** The messages as they are sent, with dots in the place of what is new each time. */
export function messagesOf({ messages, carriesContext = false }: WebSocketRequest): readonly string[] {
  return carriesContext ? messages.map((message) => withFields(message, { traceparent: "…" })) : messages;
}

/** Adds fields to a message that is a JSON object. */
export function withFields(message: string, fields: Readonly<Record<string, string>>): string {
  return JSON.stringify({ ...JSON.parse(message), ...fields });
}

/** A shell line that sends the same request to the given address. */
export function curlLine(request: HttpRequest, frontUrl: string): string {
  const method = methodOf(request);
  const parts = ["curl -i"];
  if (request.lines === undefined ? method !== "GET" : method !== "POST") parts.push(`-X ${method}`);
  for (const [name, value] of Object.entries(headersOf(request))) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (request.lines !== undefined) parts.push(`--data-binary $${quote(request.lines.join("\\n"))}`);
  return [...parts, quote(frontUrl + request.path)].join(" ");
}

export function methodOf({ lines, method = lines === undefined ? "GET" : "POST" }: HttpRequest): string {
  return method;
}

/** The headers of a request, with the content type of its body. */
export function headersOf({ headers, lines }: HttpRequest): Readonly<Record<string, string>> {
  return { ...(lines === undefined ? {} : { "content-type": "application/x-ndjson" }), ...headers };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
