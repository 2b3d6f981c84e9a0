/** Finds stored traces as a person does: by service, by operation, by an attribute. */

import { until } from "../until.ts";
import type { StepOptions, StepResult } from "./observe.ts";

const searches: readonly Readonly<Record<string, string>>[] = [
  { service: "front" },
  { service: "back", operation: "roll dice" },
  { service: "front", tags: JSON.stringify({ error: "true" }) },
  { service: "front", operation: "GET /rolldice", tags: JSON.stringify({ "http.response.status_code": "500" }) },
];

export async function tracesAreFound({ stack }: StepOptions): Promise<StepResult> {
  const problems: string[] = [];
  for (const search of searches) {
    const query = new URLSearchParams({ ...search, lookback: "1h", limit: "5" });
    const found = async () => {
      const now = Date.now() * 1000;
      query.set("start", String(now - 3_600_000_000));
      query.set("end", String(now));
      const response = await fetch(`${stack.queryUrl}/api/traces?${query}`);
      const { data } = (await response.json()) as { data: readonly unknown[] | null };
      return (data ?? []).length > 0;
    };
    await until("the search finds it", found, { timeoutMs: 20_000 }).catch(() =>
      problems.push(`no trace is found by ${query}`),
    );
  }
  return { problems, facts: [] };
}
