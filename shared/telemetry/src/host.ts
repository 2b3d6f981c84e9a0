/** Splits the authority of a URL, a `Host` header or a proxy's header, for HTTP and gRPC alike. */

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
