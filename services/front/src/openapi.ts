/** The parts of the OpenAPI document that do not come from the schemas of the routes. */
import { openapi } from "@elysia/openapi";

/** The document without a page: the pages of the plugin load scripts from other hosts. */
export function openapiDocument() {
  return openapi({
    provider: null,
    specPath: "/openapi",
    documentation: {
      info: {
        title: "Baton: front",
        version: "1.0.0",
        description: "Throws dice. Errors are application/problem+json (RFC 9457) and name their trace.",
      },
      paths: { "/rolldice/table": { get: tableOperation } },
      components: { schemas: { Problem: problemSchema } },
    },
  });
}

/** The answers of a route: one for 200, and a problem for every other status. */
export function answers(description: string, contentType: string, schema: Readonly<Record<string, unknown>>) {
  return {
    200: { description, content: { [contentType]: { schema } } },
    default: {
      description: "A problem.",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  };
}

/** OpenAPI cannot describe a WebSocket, only the request that opens it. */
const tableOperation = {
  operationId: "getRolldiceTable",
  summary: "Play many rounds",
  description:
    'A WebSocket. Each message is a round, for example `{"player":"ann","rolls":2,"sides":6}`. It is answered with ' +
    "the round's number, its values and the total so far, or with a problem. The fields `traceparent`, `tracestate` and " +
    "`baggage` carry the context of its sender; without them it belongs to the trace of the handshake.",
  responses: {
    101: { description: "The table is open." },
    426: { description: "The request did not ask for a WebSocket." },
  },
};

const problemSchema = {
  type: "object" as const,
  required: ["type", "title", "status", "instance"],
  properties: {
    type: { type: "string" as const },
    title: { type: "string" as const },
    status: { type: "integer" as const },
    detail: { type: "string" as const },
    instance: { type: "string" as const },
    trace_id: { type: "string" as const, pattern: "^[0-9a-f]{32}$" },
    grpc_status: { type: "string" as const, description: "The gRPC status that was the cause." },
    errors: {
      type: "array" as const,
      items: {
        type: "object" as const,
        required: ["in", "field", "rule"],
        properties: {
          in: { type: "string" as const, enum: ["query", "header", "body"] },
          field: { type: "string" as const },
          rule: { type: "string" as const, description: "What the value must be." },
          line: { type: "integer" as const, description: "The line of a body that has many, from 1." },
        },
      },
    },
  },
};
