/** The last lines that a process wrote: enough to see why it ended, and bounded for long runs. */

export interface OutputTail {
  /** Reads to the end. Each complete line is given to `onLine`; the last ones are kept. */
  follow(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void>;
  /** The last lines, oldest first. */
  lines(): readonly string[];
}

const maxLines = 30;
const maxLineLength = 2000;

export function createOutputTail(): OutputTail {
  const kept: string[] = [];
  const keep = (line: string) => {
    kept.push(line.slice(0, maxLineLength));
    if (kept.length > maxLines) kept.shift();
  };
  return {
    async follow(stream, onLine) {
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of stream) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          keep(line);
          onLine(line);
        }
      }
      if (rest !== "") keep(rest);
    },
    lines: () => kept,
  };
}
