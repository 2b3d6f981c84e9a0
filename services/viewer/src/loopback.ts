/** A page in a browser may reach this machine's own addresses; it must not get at the data by giving them another name. */

/** Whether the address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Whether a request asked for this machine by one of its own names. A name of the attacker's that leads here
 * (DNS rebinding) stands in the Host header.
 */
export function namesLoopback(request: Request): boolean {
  const host = request.headers.get("host") ?? "";
  return isLoopback(host.replace(/:\d*$/, ""));
}
