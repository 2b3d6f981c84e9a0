/** The span of this browser around a request. Front makes it, because a browser cannot export spans to every backend. */
import type { HttpRequest } from "@baton/demo/request";
import { facts } from "./facts.ts";
import type { Answer } from "./send.ts";

/** What the span is about: a request, all of the work on a socket, or a message on it. */
type SpanStart =
  | { readonly method: string; readonly path: string; readonly baggage: string | undefined }
  | { readonly socket: string }
  /** `parent`: the `traceparent` of the socket's span. */
  | { readonly path: string; readonly parent: string };

export interface BrowserSpan {
  readonly traceparent: string;
  /** Ends it. The trace is whole only then. */
  readonly end: (answer: Partial<Answer>) => Promise<void>;
}

/** The `service.name` of the spans of this page. */
export const browserService = "page";

/** Whether this request gets a span of the browser: not one that brings a `traceparent` of its own. */
export function hasBrowserSpan({ headers }: Pick<HttpRequest, "headers">): boolean {
  return facts.lab && headers?.traceparent === undefined;
}

export async function startBrowserSpan(start: SpanStart): Promise<BrowserSpan> {
  const begun = await ask("/lab/browser-spans", "POST", start);
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
