/** What the endpoints of HTTP options call: front itself. */
import type { Telemetry } from "@baton/telemetry";
import { type HttpClientTelemetryOptions, setHttpRoute, tracedFetch } from "@baton/telemetry/http";
import type { OptionText } from "./options.ts";

/** Answers with the status that the query asks for, or redirects once. */
export function answerTarget(request: Request): Response {
  setHttpRoute(request, "/options/target");
  const { searchParams } = new URL(request.url);
  if (searchParams.has("redirect"))
    return new Response(null, { status: 302, headers: { location: "/options/target" } });
  return Response.json(
    { traceparent: request.headers.get("traceparent") },
    { status: searchParams.has("missing") ? 404 : 200, headers: { "x-dice-cache": "hit" } },
  );
}

/** Sends on the method and the `x-dice-*` headers of the request, and answers with the text of the option. */
export async function callTarget(
  telemetry: Telemetry,
  options: HttpClientTelemetryOptions,
  target: URL,
  { method, headers, signal }: Request,
  text: OptionText,
): Promise<Response> {
  const sent = [...headers].filter(([name]) => name.startsWith("x-dice-"));
  const body = method === "POST" ? { body: "ann rolls" } : {};
  const response = await tracedFetch(telemetry, options)(target, { method, headers: sent, signal, ...body });
  return Response.json({ ...text, answered: response.status });
}
