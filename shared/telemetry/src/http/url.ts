/** Reads the parts of a URL, and of an authority: `host:port` in a URL or in a header. */

/** The parts of a URL as the conventions name them. */
export interface UrlParts {
  /** `undefined` in a URL without an origin, as is the address. */
  readonly scheme: string | undefined;
  readonly address: string | undefined;
  /** The scheme's own port where the URL names none; `undefined` for a scheme without one. */
  readonly port: number | undefined;
  readonly path: string;
  /** Without the `?`; `undefined` where there is none. */
  readonly query: string | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };
const URL_PARTS = /^(?:([a-z][a-z0-9+.-]*):\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i;

/**
 * Reads what Bun gives a server: an absolute URL, or the path alone where the request had no `Host` that Bun could use.
 * @see https://www.rfc-editor.org/rfc/rfc3986#appendix-B
 */
export function readUrl(url: string): UrlParts {
  const [, scheme, authority, path, query] = URL_PARTS.exec(url) ?? [];
  const { address, port } = authority === undefined ? NO_HOST : splitHost(authority);
  return {
    scheme,
    address,
    port: port ?? DEFAULT_PORTS[scheme ?? ""],
    path: path || "/",
    query,
  };
}

const NO_HOST = { address: undefined, port: undefined };

export interface HostAndPort {
  /** An IPv6 address without its brackets. */
  readonly address: string;
  /** `undefined` where none is named. */
  readonly port: number | undefined;
}

/** Reads `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address. Credentials before an `@` are left out. */
export function splitHost(authority: string): HostAndPort {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [, v6, name, port = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(host) ?? [];
  return { address: v6 ?? name ?? host, port: /^\d{1,5}$/.test(port) ? Number(port) : undefined };
}
