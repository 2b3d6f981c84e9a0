/** A scenario that shows one option of telemetry: a row of the table of options. */
import type { ExpectedSpan } from "@baton/trace-tree";
import type { HttpRequest } from "../request.ts";
import type { Scenario } from "../scenario.ts";

export type Side = "http-server" | "http-client" | "grpc-server" | "grpc-client" | "baggage";

export interface OptionScenario extends Scenario {
  readonly side: Side;
  /** The attributes in which the option shows. Empty where it shows in the shape of the tree. */
  readonly marked: readonly string[];
  /** Metrics that it adds, which a backend for traces alone does not keep. @default none */
  readonly metrics?: readonly string[];
}

type Attributes = NonNullable<ExpectedSpan["attributes"]>;

export interface OptionRow {
  /** The last part of the path of its endpoint. */
  readonly name: string;
  readonly shows: string;
  readonly request?: Omit<HttpRequest, "type" | "path"> & { readonly query?: string };
  readonly caller?: Scenario["caller"];
  /** @default 200 */
  readonly status?: number;
  /** What the span of the option must have. @default nothing more than without the option */
  readonly attributes?: Attributes;
  readonly metrics?: readonly string[];
}

/** @param tree The expected tree, given the method and the path. */
export function optionScenario(
  side: Side,
  row: OptionRow,
  tree: (method: string, path: string) => ExpectedSpan,
): OptionScenario {
  const { name, shows, request: { query = "", ...request } = {}, caller, status = 200, attributes = {}, metrics } = row;
  const path = `/options/${side}/${name}`;
  const { lines, method = lines === undefined ? "GET" : "POST" } = request;
  return {
    id: `${side}-${name}`,
    title: titleOf(name),
    shows,
    side,
    request: { type: "http", path: path + query, ...request },
    ...(caller && { caller }),
    status,
    tree: tree(method, path),
    marked: Object.entries(attributes).flatMap(([key, value]) => (value === null ? [] : [key])),
    ...(metrics && { metrics }),
  };
}

/** Headers that options capture, and one that they leave out. */
export const tableHeaders = { "x-dice-table": "blue", "x-dice-secret": "hush" };

/** `trust-restart` -> `trust: "restart"`, `span-name` -> `spanName` */
function titleOf(name: string): string {
  const [, trust] = /^trust-(?!proxy)(.*)$/.exec(name) ?? [];
  return trust === undefined ? name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) : `trust: "${trust}"`;
}
