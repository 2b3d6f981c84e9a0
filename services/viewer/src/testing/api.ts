/** The query API over an empty store, for tests. */
import { expect } from "bun:test";
import { createApi } from "../api.ts";
import { createStore } from "../store.ts";

export function startApi() {
  const store = createStore({ maxTraces: 10 });
  const api = createApi(store);
  const get = async (path: string) => {
    const response = api(new URL(path, "http://localhost:16686"));
    expect(response.headers.get("content-type")).toBe("application/json");
    return {
      status: response.status,
      body: (await response.json()) as { data: unknown; errors: unknown; total: number },
    };
  };
  return { store, get };
}

/** An error in Jaeger's envelope. */
