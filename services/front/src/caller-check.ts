/** Refuses what a page of a stranger sends through somebody's browser. Programs are not asked who they are. */
import type { FrontConfig } from "./config.ts";
import { ProblemError } from "./problem.ts";
import { requestPath } from "./request-path.ts";
import { probePaths } from "./routes/probes.ts";

type Server = { readonly hostname?: string | undefined } | null;

/**
 * 421 for a request under a name that is not front's: after DNS rebinding a page of a stranger reads front through a name
 * of its own. The name is checked for the page and what it reads, and for every request where the lab is on or names are listed; else
 * the routes of the API answer to every name, because a proxy may pass on any. Probes answer to every name always: an
 * orchestrator asks under the address of the pod, and they say nothing that is secret.
 *
 * 403 for a request that a page of another origin sends: on any route one that changes something or opens a WebSocket,
 * and where the name is checked every one, except a link that somebody follows.
 */
export function createCallerCheck({ allowedHosts, lab }: Pick<FrontConfig, "allowedHosts" | "lab">) {
  const checksAll = lab || allowedHosts.length > 0;
  /** @throws ProblemError 421 or 403. */
  return (request: Request, server: Server): void => {
    const path = requestPath(request);
    const isGuarded = checksAll || isOfPage(path);
    const address = server?.hostname ?? "";
    const checksName = allowedHosts.length > 0 || isLoopback(address);
    if (isGuarded && checksName && !probes.has(path)) checkName(request, [...allowedHosts, inHost(address)]);
    if ((isGuarded || canChange(request)) && isForeign(request, path, allowedHosts)) throw foreign;
  };
}

const probes: ReadonlySet<string> = new Set(probePaths);

function isOfPage(path: string): boolean {
  return path === "/" || /^\/(assets|lab|options)\//.test(path);
}

function canChange({ method, headers }: Request): boolean {
  return !["GET", "HEAD", "OPTIONS"].includes(method) || headers.has("upgrade");
}

/** An IPv6 address has brackets in `Host`. */
function inHost(address: string): string {
  return address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
}

/** The names of this machine are always allowed: no page of a stranger has them. */
function checkName({ headers }: Request, allowed: readonly string[]): void {
  const host = headers.get("host")?.toLowerCase() ?? "";
  const name = host.replace(/:\d*$/, "");
  if (isLoopback(name) || allowed.includes(host) || allowed.includes(name)) return;
  throw new ProblemError({
    status: 421,
    detail: "This is not served under the name in Host. FRONT_ALLOWED_HOSTS lists the names under which it is.",
  });
}

/**
 * Browsers say which page asks, where the address is encrypted or is this machine; elsewhere only of which origin, and
 * `null` for a file or a frame without rights.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isForeign({ headers }: Request, path: string, allowed: readonly string[]): boolean {
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin") return false;
  const origin = headers.get("origin");
  if (origin !== null) return !isOwnOrigin(origin, headers.get("host"), allowed);
  if (site === null || site === "none") return false;
  const isLink = headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
  return !isLink || /^\/(lab|options)\//.test(path);
}

/** The scheme is not compared: a proxy in front may have ended the encryption. */
function isOwnOrigin(origin: string, host: string | null, allowed: readonly string[]): boolean {
  const { protocol, host: asking = "" } = URL.parse(origin) ?? {};
  if (asking === "") return false;
  return allowed.includes(asking) || asking === URL.parse(`${protocol}//${host}`)?.host;
}

const foreign = new ProblemError({
  status: 403,
  detail: "A page of another origin may not send this request. FRONT_ALLOWED_HOSTS lists the hosts whose pages may.",
});

/** Whether the address can be reached from this machine only. */
function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}
