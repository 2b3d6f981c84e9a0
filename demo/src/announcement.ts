/** What a part says when it is up: a JSON line that holds where it listens. */

/** Facts of a log line; nothing for what is not a JSON object. */
export function readFacts(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const facts: unknown = JSON.parse(line);
    return typeof facts === "object" && facts !== null ? { ...facts } : undefined;
  } catch {
    return undefined;
  }
}

/** Front: `url`. */
export function readUrl(line: string): string | undefined {
  const url = readFacts(line)?.url;
  return typeof url === "string" ? url.replace(/\/$/, "") : undefined;
}

/** Back: `host` and `port`. */
export function readAddress(line: string): string | undefined {
  const { host, port } = readFacts(line) ?? {};
  return typeof host === "string" && typeof port === "number" ? `${host}:${port}` : undefined;
}
