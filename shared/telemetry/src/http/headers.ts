/** Headers as attributes, from an allow-list only. */
import type { Attributes } from "@opentelemetry/api";
import { ATTR_HTTP_REQUEST_HEADER, ATTR_HTTP_RESPONSE_HEADER } from "../semconv.ts";

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (`http.request.header.<key>`, Opt-In) */
export const requestHeaderAttributes = (headers: Headers, names: readonly string[]): Attributes =>
  headerAttributes(headers, names, ATTR_HTTP_REQUEST_HEADER);

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (`http.response.header.<key>`, Opt-In) */
export const responseHeaderAttributes = (headers: Headers, names: readonly string[]): Attributes =>
  headerAttributes(headers, names, ATTR_HTTP_RESPONSE_HEADER);

function headerAttributes(
  headers: Headers,
  names: readonly string[],
  attributeName: (key: string) => string,
): Attributes {
  const attributes: Attributes = {};
  for (const name of names) {
    const key = name.toLowerCase();
    const value = headers.get(key);
    if (value !== null) attributes[attributeName(key)] = key === "set-cookie" ? headers.getSetCookie() : [value];
  }
  return attributes;
}
