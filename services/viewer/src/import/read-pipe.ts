/** Reads standard input line by line, where it is a pipe or a file. */
import { fstatSync } from "node:fs";
import { createInterface } from "node:readline";

const STDIN = 0;
/** More would only repeat itself. */
const MAX_REPORTS = 5;

/** A line that cannot be taken is reported, and the others are taken. */
export async function readPipe(take: (line: string) => void, report: (message: string) => void): Promise<void> {
  if (!isPiped()) return;
  let [line, failed] = [0, 0];
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
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

/** Nobody types OTLP: a terminal is not read. */
function isPiped(): boolean {
  try {
    const input = fstatSync(STDIN);
    return input.isFIFO() || input.isFile() || input.isSocket();
  } catch {
    return false;
  }
}
