/** Reads logs and metrics, which only the viewer stores: Jaeger has neither. */

const timeoutMs = 5000;

/** False for a Jaeger, which answers 404 or a page of its UI. */
export async function keepsLogsAndMetrics(queryUrl: string): Promise<boolean> {
  return (await fetchList(`${queryUrl}/api/viewer/metrics`)) !== undefined;
}

/** The list in the `data` of an answer; `undefined` when there is no list or no answer. */
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
