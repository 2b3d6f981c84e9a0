/** Answers requests without a token: people get a page with a form, programs 401. It also takes the form. */

import type { Access } from "./access.ts";
import { failure } from "./api/answer.ts";
import { respond } from "./api.ts";
import { renderSignIn } from "./page/sign-in.ts";

/** More than a form with a token needs. */
const MAX_FORM_BYTES = 1024;
const FORM = "application/x-www-form-urlencoded";

/** What a browser needs for the form, and a supervisor to see that the viewer runs. */
export function isOpenToAll({ method }: Request, { pathname }: URL): boolean {
  return (method === "GET" || method === "HEAD") && (pathname === "/healthz" || pathname.startsWith("/assets/"));
}

/** @param isPageWanted Whether a person reads the answer. */
export async function askForToken(
  request: Request,
  url: URL,
  access: Access,
  isPageWanted: boolean,
): Promise<Response> {
  if (url.pathname.startsWith("/api/") || !isPageWanted) return refuse();
  if (request.method === "GET" || request.method === "HEAD") return form(false);
  if (request.method !== "POST") return refuse();
  const cookie = access.signIn(await readToken(request), request.headers.get("x-forwarded-proto") === "https");
  if (cookie === undefined) return form(true);
  // Two slashes at the beginning would lead to another host.
  const location = `/${url.pathname.replace(/^[/\\]+/, "")}${url.search}`;
  return new Response(null, { status: 303, headers: { location, "set-cookie": cookie } });
}

function refuse(): Response {
  const response = respond(
    failure(401, "this viewer asks for a token: send Authorization: Bearer TOKEN, with the value of VIEWER_TOKEN"),
  );
  response.headers.set("www-authenticate", "Bearer");
  return response;
}

function form(isWrong: boolean): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "www-authenticate": "Bearer",
    // With `no-referrer` a browser would not say of which page the form is.
    "referrer-policy": "same-origin",
  };
  return new Response(renderSignIn(isWrong), { status: 401, headers });
}

/** Empty for a body that is no such form. */
async function readToken(request: Request): Promise<string> {
  const { headers } = request;
  const length = Number(headers.get("content-length") ?? Number.NaN);
  if (!headers.get("content-type")?.startsWith(FORM) || !(length <= MAX_FORM_BYTES)) return "";
  return new URLSearchParams(await request.text()).get("token")?.trim() ?? "";
}
