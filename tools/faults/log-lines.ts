/** The log of one service: what it says about lost spans, its last lines, and whether it wrote an error. */

interface LostLine {
  /** So many were lost when this line was written. */
  readonly lost: number;
  readonly msg: string;
}

export interface LogLines {
  follow(stream: ReadableStream<Uint8Array>): Promise<void>;
  followErrors(stream: ReadableStream<Uint8Array>): Promise<void>;
  /** Spans that the lines say are lost, all outages together. */
  saidLost(): number;
  /** Lines of level `error`, lines that are no JSON, and all of standard error. */
  errors(): readonly string[];
  tail(): readonly string[];
}

const TAIL = 40;

export function createLogLines(): LogLines {
  const tail: string[] = [];
  const errors: string[] = [];
  const lostLines: LostLine[] = [];
  const take = (line: string): void => {
    tail.push(line.slice(0, 2000));
    if (tail.length > TAIL) tail.shift();
    const fields = parse(line);
    if (fields === undefined || fields.level === "error") errors.push(line.slice(0, 2000));
    const { name, lost, target, msg } = fields ?? {};
    if (name !== "@baton/telemetry" || typeof lost !== "number" || typeof target !== "string") return;
    if (/\bspans?\b/i.test(String(msg))) lostLines.push({ lost, msg: String(msg) });
  };
  return {
    follow: (stream) => eachLine(stream, take),
    followErrors: (stream) => eachLine(stream, (line) => void errors.push(line.slice(0, 2000))),
    saidLost: () => sumOfOutages(lostLines),
    errors: () => errors,
    tail: () => tail,
  };
}

/** The line that ends an outage counts what the line that began it has counted. */
function sumOfOutages(lines: readonly LostLine[]): number {
  let sum = 0;
  let begun = 0;
  for (const { lost, msg } of lines) {
    if (/ are lost until it works again\.$/.test(msg)) {
      sum += begun;
      begun = lost;
    } else {
      sum += lost;
      begun = 0;
    }
  }
  return sum + begun;
}

type Fields = Readonly<Record<string, unknown>>;

function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

async function eachLine(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
  if (rest !== "") take(rest);
}
