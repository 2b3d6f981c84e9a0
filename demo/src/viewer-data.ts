/** Asks for what only the viewer has: Jaeger keeps neither logs nor metrics. */

const timeoutMs = 5000;

/** False for a Jaeger, which answers 404 or the page of its own UI. */
export async function keepsLogsAndMetrics(queryUrl: string): Promise<boolean> {
  return (await fetchList(`${queryUrl}/api/viewer/metrics`)) !== undefined;
}

/** The list in an answer's `data`; `undefined` when there is none, or no answer. */
export async function fetchList<Item>(url: string): Promise<readonly Item[] | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const body: unknown = response.ok ? await response.json() : undefined;
    const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
    return Array.isArray(data) ? data : undefined;
  } catch {
    return undefined;
  }
}
