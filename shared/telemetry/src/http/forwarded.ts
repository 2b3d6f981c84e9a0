/** What a proxy in front says of the request it passed on. Read only where the user trusts it. */

/** The original request, as far as the proxy told. */
export interface Forwarded {
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly client: string | undefined;
}

/**
 * Reads `Forwarded` (its first element, which the outermost proxy wrote), else the `X-Forwarded-*` headers.
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-4
 */
export function readForwarded(headers: Headers): Forwarded {
  const pairs = firstElement(headers.get("forwarded"))
    .split(";")
    .map((pair) => /^\s*(\w+)\s*=\s*"?([^"]*?)"?\s*$/.exec(pair));
  const parameter = (name: string): string | undefined => pairs.find((pair) => pair?.[1]?.toLowerCase() === name)?.[2];
  const header = (name: string): string | undefined => firstElement(headers.get(name)).trim() || undefined;
  return {
    scheme: (parameter("proto") ?? header("x-forwarded-proto"))?.toLowerCase(),
    host: parameter("host") ?? header("x-forwarded-host"),
    client: withoutPort(parameter("for") ?? header("x-forwarded-for")),
  };
}

function firstElement(list: string | null): string {
  return list?.split(",", 1)[0] ?? "";
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711` -> the address alone. */
function withoutPort(node: string | undefined): string | undefined {
  return node?.replace(/^\[([^\]]+)\](?::\d+)?$/, "$1").replace(/^([^:]+):\d+$/, "$1");
}
