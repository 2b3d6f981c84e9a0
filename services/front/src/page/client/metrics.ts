/** Looks for metrics, where the backend keeps any: a Jaeger does not. */
import type { CardState } from "./card.ts";

const patienceMs = 10_000;
const pollMs = 500;

export async function waitForMetrics(wanted: readonly string[]): Promise<CardState> {
  const until = performance.now() + patienceMs;
  while (true) {
    const names = await fetchNames();
    if (names === undefined) return { text: "✓ the trace is as expected; this backend keeps no metrics", is: "good" };
    const missing = wanted.filter((name) => !names.includes(name));
    if (missing.length === 0) return { text: `✓ found ${wanted.join(", ")}`, is: "good" };
    if (performance.now() > until) return { text: `✗ no metric ${missing.join(", ")}`, is: "bad" };
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function fetchNames(): Promise<readonly string[] | undefined> {
  const response = await fetch("/lab/metrics", { cache: "no-store" });
  if (!response.ok) return undefined;
  const { names } = (await response.json()) as { readonly names: readonly string[] | null };
  return names ?? undefined;
}
