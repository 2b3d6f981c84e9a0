/** OTLP over HTTP for tests, without a socket. */

import { createAccess } from "../access.ts";
import { createAllowedOrigins } from "../otlp/allowed-origins.ts";
import { ExportTraceServiceRequest } from "../otlp/gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { createOtlpHttp } from "../otlp/http.ts";
import { createIntake, type IntakeOptions } from "../otlp/intake.ts";
import { readTraceJson } from "../otlp/json.ts";
import { createStore, type StoreOptions } from "../store.ts";

export const JSON_TYPE = "application/json";
export const PROTOBUF = "application/x-protobuf";

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream | null;

/** An empty store, and how to send to it. */
export function startOtlpHttp(
  options: StoreOptions & { readonly origins?: readonly string[]; readonly intake?: IntakeOptions } = {},
) {
  const store = createStore(options);
  const allowedOrigins = createAllowedOrigins(options.origins ?? []);
  const handle = createOtlpHttp({
    store,
    intake: createIntake(options.intake),
    allowedOrigins,
    access: createAccess(),
  });
  const send = (body: Body, headers: Readonly<Record<string, string>>, path = "/v1/traces", method = "POST") =>
    handle(new Request(`http://localhost:4318${path}`, { method, body, headers }));
  return { store, send };
}

/** The body of `POST /v1/traces` as protobuf. */
export function toProtobuf(request: object): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ExportTraceServiceRequest.encode(readTraceJson(request)).finish());
}
