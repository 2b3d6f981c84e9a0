/** Protects the page against DNS rebinding: a page of a stranger must not read it through a name that leads to this machine. */
import { ProblemError } from "../problem.ts";

/**
 * Where front listens on loopback, `Host` must be a name of this machine. After DNS rebinding it is the stranger's.
 * @throws ProblemError 421.
 */
export function checkSameMachine(
  { headers }: Request,
  server: { readonly hostname?: string | undefined } | null,
): void {
  if (!isLoopback(server?.hostname ?? "") || isLoopback((headers.get("host") ?? "").replace(/:\d*$/, ""))) return;
  throw new ProblemError({ status: 421, detail: "This is served to localhost only: the Host header is another name." });
}

function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}
