/** Reads standard input line by line, where it is a pipe or a file. */
import { fstatSync } from "node:fs";

const STDIN = 0;
/** More would only repeat itself. */
const MAX_REPORTS = 5;

/** A line that cannot be taken is reported, and the others are taken. */
export async function readPipe(take: (line: string) => void, report: (message: string) => void): Promise<void> {
  const input = isPiped() ? Bun.stdin.stream() : undefined;
  // Whoever started this process may watch its input to learn when that ends.
  if (!input || input.locked) return;
  let [line, failed] = [0, 0];
  for await (const text of linesOf(input)) {
    line += 1;
    try {
      take(text);
    } catch (error) {
      failed += 1;
      const reason = error instanceof Error ? error.message : String(error);
      if (failed <= MAX_REPORTS) report(`line ${line} of standard input is left out: ${reason}`);
    }
  }
  if (failed > MAX_REPORTS) report(`${failed} lines of standard input are left out`);
}

async function* linesOf(input: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  // In parts, so that a long line is put together once.
  let begun: string[] = [];
  for await (const chunk of input) {
    const [first = "", ...others] = decoder.decode(chunk, { stream: true }).split("\n");
    begun.push(first);
    for (const other of others) {
      yield begun.join("");
      begun = [other];
    }
  }
  yield begun.join("") + decoder.decode();
}

/** Nobody types OTLP: a terminal is not read. */
function isPiped(): boolean {
  try {
    const input = fstatSync(STDIN);
    return input.isFIFO() || input.isFile() || input.isSocket();
  } catch {
    return false;
  }
}
