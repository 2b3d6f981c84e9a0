/** Reads the log line in which a service says where it listens. */

/** The text in a field of a log line; `undefined` when the line is not a JSON object or has no such text. */
export function textFact(line: string, name: string): string | undefined {
  const fact = readFacts(line)[name];
  return typeof fact === "string" ? fact : undefined;
}

function readFacts(line: string): Readonly<Record<string, unknown>> {
  if (!line.startsWith("{")) return {};
  try {
    const facts: unknown = JSON.parse(line);
    return typeof facts === "object" && facts !== null ? { ...facts } : {};
  } catch {
    return {};
  }
}
