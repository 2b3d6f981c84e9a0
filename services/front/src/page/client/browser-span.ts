/** The span of this browser around a request. Front makes it, because a browser cannot export spans to every backend. */
import type { HttpRequest } from "@baton/demo/request";
import { facts } from "./facts.ts";
import type { Answer } from "./send.ts";

export interface BrowserSpan {
  readonly traceparent: string;
  /** Ends it. The trace is whole only then. */
  readonly end: (answer: Answer) => Promise<void>;
}

/** The `service.name` of the spans of this page. */
export const browserService = "page";

/** Whether this request gets a span of the browser: not one that brings a `traceparent` of its own. */
export function hasBrowserSpan({ headers }: Pick<HttpRequest, "headers">): boolean {
  return facts.lab && headers?.traceparent === undefined;
}

export async function startBrowserSpan(
  method: string,
  path: string,
  baggage: string | undefined,
): Promise<BrowserSpan> {
  const begun = await ask("/lab/browser-spans", "POST", { method, path, baggage });
  const { id, traceparent } = (await begun.json()) as { readonly id: string; readonly traceparent: string };
  return {
    traceparent,
    end: async ({ status, traceresponse }) => {
      await ask(`/lab/browser-spans/${id}`, "PUT", { status, traceresponse });
    },
  };
}

async function ask(path: string, method: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(path, { method, headers, body: JSON.stringify(body), cache: "no-store" });
  if (!response.ok) throw new Error(`front answered ${response.status} for the span of this page.`);
  return response;
}
