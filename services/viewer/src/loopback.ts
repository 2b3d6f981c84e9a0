/** Protects against DNS rebinding: a page in a browser must not read the data through a name that leads to this machine. */

/** Whether the address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Whether a Host header, or the `:authority` of HTTP/2, is a name of this machine. After DNS rebinding it is the
 * attacker's name.
 */
export function namesLoopback(host: string | null | undefined): boolean {
  return isLoopback((host ?? "").replace(/:\d*$/, ""));
}
