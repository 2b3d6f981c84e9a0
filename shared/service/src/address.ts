/** `127.0.0.1:3000`, and with brackets `[::1]:3000`: an IPv6 address has colons of its own. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
