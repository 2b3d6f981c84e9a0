/** What spans, logs and metrics have in common: ids, resource and scope. */

import type { Resource, Scope } from "../records.ts";
import { readAttributes } from "./attributes.ts";
import type { InstrumentationScope } from "./gen/opentelemetry/proto/common/v1/common.ts";
import type { Resource as WireResource } from "./gen/opentelemetry/proto/resource/v1/resource.ts";

/** The result of reading one request: the records to store, and a sentence for each that broke a rule. */
export interface Reading<Item> {
  readonly items: readonly Item[];
  readonly rejections: readonly string[];
}

/** Lower-case hex; `undefined` when the id has not `length` bytes or all of them are zero. */
export function readId(bytes: Uint8Array, length: 8 | 16): string | undefined {
  return bytes.length === length && bytes.some((byte) => byte !== 0) ? bytes.toHex() : undefined;
}

/** A service without a name gets the name that Jaeger gives it. */
export function readResource(resource: WireResource | undefined): Resource {
  const attributes = readAttributes(resource?.attributes ?? []);
  const name = attributes.find(({ key }) => key === "service.name");
  return { service: serviceName(name?.type, name?.value), attributes: attributes.filter((each) => each !== name) };
}

export function readScope(scope: InstrumentationScope | undefined): Scope {
  return {
    name: scope?.name ?? "",
    version: scope?.version ?? "",
    attributes: readAttributes(scope?.attributes ?? []),
  };
}

function serviceName(type: string | undefined, value: unknown): string {
  if (type === undefined) return "missing-service-name";
  if (type !== "string") return "service-name-wrong-type";
  return value === "" ? "empty-service-name" : String(value);
}
