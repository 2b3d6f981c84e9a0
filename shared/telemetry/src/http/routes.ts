/** What is the same for every request of a route: the name of its span, and the series of its durations. */
import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_SCHEME,
} from "../semconv.ts";
import type { RequestMethod } from "./method.ts";
import type { Scheme } from "./server-attributes.ts";

/** One method of one route, or of none. */
export interface ServedRoute {
  /** `undefined` where none was found. */
  readonly route: string | undefined;
  readonly spanName: string;
  /** Of the metrics of a request that ended so. */
  attributes(scheme: Scheme, statusCode: number | undefined, errorType: string | undefined): Attributes;
}

export interface RouteBook {
  /** Of a request whose route is not known yet. */
  unknown(method: RequestMethod): ServedRoute;
  of(method: RequestMethod, route: string): ServedRoute;
}

/** An application has few routes. Should one make them as it goes, the later ones are not kept. */
const MAX_ROUTES = 1000;

export function createRouteBook(): RouteBook {
  const unknown = new Map<string, ServedRoute>();
  const byMethod = new Map<string, Map<string, ServedRoute>>();
  return {
    unknown: (method) => lookUp(unknown, method.name, () => serve(method, undefined)),
    of: (method, route) => {
      const routes = lookUp(byMethod, method.name, () => new Map<string, ServedRoute>());
      return lookUp(routes, route, () => serve(method, route));
    },
  };
}

function lookUp<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    if (known.size < MAX_ROUTES) known.set(key, value);
  }
  return value;
}

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration */
function serve(method: RequestMethod, route: string | undefined): ServedRoute {
  const describe = (scheme: Scheme, statusCode: number | undefined, errorType: string | undefined): Attributes => {
    const attributes: Attributes = { [ATTR_HTTP_REQUEST_METHOD]: method.name, [ATTR_URL_SCHEME]: scheme };
    if (route !== undefined) attributes[ATTR_HTTP_ROUTE] = route;
    if (statusCode !== undefined) attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = statusCode;
    if (errorType !== undefined) attributes[ATTR_ERROR_TYPE] = errorType;
    return attributes;
  };
  return {
    route,
    attributes: describe,
    spanName: route === undefined ? method.inSpanName : `${method.inSpanName} ${route}`,
  };
}
