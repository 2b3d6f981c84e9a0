/** What a part says when it is up: a JSON line that holds where it listens. */

/** Facts of a log line; none in what is not a JSON object. */
export function readFacts(line: string): Readonly<Record<string, unknown>> {
  if (!line.startsWith("{")) return {};
  try {
    const facts: unknown = JSON.parse(line);
    return typeof facts === "object" && facts !== null ? { ...facts } : {};
  } catch {
    return {};
  }
}

export function textFact(line: string, name: string): string | undefined {
  const fact = readFacts(line)[name];
  return typeof fact === "string" ? fact : undefined;
}
