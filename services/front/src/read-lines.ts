/** Reads a request body line by line while it arrives. */
import { ProblemError } from "./problem.ts";

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** Much more than a throw needs. Without a limit one endless line would fill the memory. */
export const maxLineLength = 4096;

/** The most throws that back accepts in a tally, because each is a span. Empty lines count too. */
export const maxLines = 1000;

export interface ReadLinesOptions {
  /** Stops reading, also in the middle of a line. */
  readonly done: AbortSignal;
  /** Milliseconds that the whole body may take to arrive. */
  readonly timeoutMs: number;
}

/**
 * @throws ProblemError 413 when a line is too long or there are too many lines, 408 when the time is over: a client that
 * sends a byte a second would hold the request, and what waits for its lines, for as long as it likes.
 */
export async function* readLines(
  body: ReadableStream<Uint8Array>,
  { done, timeoutMs }: ReadLinesOptions,
): AsyncGenerator<Line, void, undefined> {
  const reader = body.getReader();
  const stop = () => void reader.cancel().catch(() => undefined);
  done.addEventListener("abort", stop, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeoutMs);
  try {
    yield* splitLines(async () => {
      const chunk = await reader.read();
      if (isLate) throw tooSlow(timeoutMs);
      return chunk;
    });
  } finally {
    clearTimeout(timer);
  }
}

async function* splitLines(
  read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>,
): AsyncGenerator<Line, void, undefined> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = "";
  while (true) {
    const chunk = await read();
    rest += chunk.done ? decoder.decode() : decoder.decode(chunk.value, { stream: true });
    const lines = rest.split("\n");
    rest = chunk.done ? "" : (lines.pop() ?? "");
    for (const text of lines) {
      number += 1;
      // The empty text after the last line break is not a line.
      if (number > maxLines && !(chunk.done && text === ""))
        throw tooLarge(number, "a tally", `at most ${maxLines} lines`);
      checkLength(text, number);
      yield { text, number };
    }
    checkLength(rest, number + 1);
    if (chunk.done) return;
  }
}

function checkLength(text: string, number: number): void {
  if (text.length > maxLineLength) throw tooLarge(number, "a line", `at most ${maxLineLength} characters`);
}

function tooSlow(timeoutMs: number): ProblemError {
  return new ProblemError({
    status: 408,
    detail: `The body must arrive within ${timeoutMs} ms.`,
    headers: { connection: "close" },
  });
}

function tooLarge(line: number, what: string, rule: string): ProblemError {
  return new ProblemError({
    status: 413,
    detail: `Line ${line}: ${what} must have ${rule}.`,
    errors: [{ in: "body", field: "(all)", rule, line }],
  });
}
