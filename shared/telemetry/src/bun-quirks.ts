/**
 * What depends on the behaviour of Bun 1.4.5 and not on a standard. Each has a test that fails when Bun changes. Where no
 * issue is named, we found none.
 */
import { accessSync, constants, statSync } from "node:fs";
import { type Context, context, diag } from "@opentelemetry/api";

/** The source of a body. */
export interface BodySource {
  /** The body is produced while it is sent. */
  readonly isStream: boolean;
  readonly file: BodyFile | undefined;
}

/**
 * Looks at a body and leaves it as it is. Reading `body` turns every body into a stream and changes the headers that are
 * sent, so the printed form is read instead: it names a stream, and the path of a file.
 * @see https://github.com/oven-sh/bun/issues/3775 (Bun has no hooks for instrumentation of responses)
 */
export function sourceOf(message: Request | Response): BodySource {
  const known = message instanceof Response ? sourceByType(message.headers) : undefined;
  if (known !== undefined) return known;
  const printed = Bun.inspect(message);
  return { isStream: /^ {2}ReadableStream \{/m.test(printed), file: fileIn(printed) };
}

const STREAM: BodySource = { isStream: true, file: undefined };
const WHOLE: BodySource = { isStream: false, file: undefined };

/**
 * Two kinds of response say by their type how they are sent: server-sent events are a stream, and a problem is an object.
 * To print them would be 0.12 of the CPU ratio of a stream of ten messages, and 0.1 of that of an error (measured in pairs of
 * runs). Events that are one text after all are sent as before. A file of these types is not known as one (docs/spans.md).
 */
function sourceByType(headers: Headers): BodySource | undefined {
  const type = headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) return headers.has("content-length") ? undefined : STREAM;
  return type.startsWith("application/problem+json") ? WHOLE : undefined;
}

/** False on a Bun that prints responses in another way. Then the span of a streamed response ends too early. */
export function canRecognizeStreams(): boolean {
  return !sourceOf(new Response("x")).isStream && sourceOf(new Response(new ReadableStream())).isStream;
}

export function warnWhereStreamsAreNotKnown(): void {
  if (canRecognizeStreams()) return;
  diag.warn(
    `Bun ${Bun.version} prints responses in a way that this version does not know: the spans of streamed responses end too early`,
  );
}

/** The file that is the source of a body. */
export interface BodyFile {
  /** `undefined` for a part of a file, and for one that does not exist. */
  readonly size: number | undefined;
  readonly canBeRead: boolean;
  /** The response has a `content-range` of its own, so Bun does not answer a range. */
  readonly hasRange: boolean;
}

function fileIn(printed: string): BodyFile | undefined {
  const [, quoted] = /^ {2}FileRef \(("(?:[^"\\]|\\.)*")\)/m.exec(printed) ?? [];
  if (quoted === undefined) return undefined;
  const hasRange = /^ {4}"content-range":/m.test(printed);
  try {
    const path: string = JSON.parse(quoted);
    accessSync(path, constants.R_OK);
    const size = printed.startsWith("Response {") ? undefined : statSync(path).size;
    return { size, canBeRead: !statSync(path).isDirectory(), hasRange };
  } catch {
    return { size: undefined, canBeRead: false, hasRange };
  }
}

/**
 * The status that Bun sends for a response. It decides some after the handler has returned: 500 for a network error, for
 * a body that was sent before and for a file that it cannot read, 206 and 416 for a range of a file.
 */
export function sentStatus(request: Request, response: Response, file: BodyFile | undefined): number {
  if (response.status === 0 || response.bodyUsed) return 500;
  if (file === undefined) return response.status;
  if (!file.canBeRead) return request.method === "HEAD" ? response.status : 500;
  // The size of a part of a file is not known here. Bun answers it with 206, or 200 once its headers were read, as here.
  if (response.status !== 200 || file.hasRange || file.size === undefined) return response.status;
  return rangeStatus(request, file.size);
}

/** Bun answers one range of a whole file, of a GET. @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2 */
function rangeStatus({ method, headers }: Request, size: number): number {
  const range = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(headers.get("range") ?? "");
  if (range === null || method !== "GET" || headers.has("if-range")) return 200;
  const [, from = "", to = ""] = range;
  if (from === "") return to === "" ? 200 : Number(to) === 0 || size === 0 ? 416 : 206;
  if (to !== "" && Number(from) > Number(to)) return 200;
  return Number(from) >= size ? 416 : 206;
}

/** The size in bytes of a body that is not a stream. The body itself is not read. */
export async function bodySize(message: Request | Response): Promise<number | undefined> {
  const { file, isStream } = sourceOf(message);
  if (file !== undefined) return file.size;
  return isStream ? undefined : (await (message.clone() as Response).blob()).size;
}

/**
 * Reads a body in a context. Bun loses the context inside a body that is an async generator or a direct stream.
 * @see https://github.com/oven-sh/bun/pull/41561
 */
export function readerIn<T>(active: Context, body: ReadableStream<T>) {
  const reader = body.getReader();
  return {
    read: () => context.with(active, () => reader.read()),
    cancel: (reason: unknown) => context.with(active, () => reader.cancel(reason)),
  };
}
