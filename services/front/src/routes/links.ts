/** GET /: a page of links to everything that front has. */
import { Elysia } from "elysia";

const links = [
  ["/rolldice", "one die"],
  ["/rolldice?player=ann&rolls=3&sides=20", "a throw of three"],
  ["/rolldice/stream?rolls=10", "ten dice, one by one, as server-sent events"],
  ["/relay?hops=2", "a throw after two hops over HTTP"],
  ["/rolldice?rolls=0", "a value that is refused"],
  ["/rolldice?player=mallory", "a player who may not play"],
  ["/rolldice?player=clumsy", "a player who breaks the back service"],
  ["/rolldice?player=sleepy", "a player who takes too long"],
  ["/healthz", "does this process answer?"],
  ["/readyz", "can requests be served?"],
  ["/openapi", "all of this as an OpenAPI document"],
] as const;

export function linksRoute() {
  return new Elysia().get(
    "/",
    () =>
      new Response(page, {
        headers: {
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        },
      }),
    { detail: { hide: true } },
  );
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Baton: front</title>
<style>:root { color-scheme: light dark } body { font: 1rem/1.5 system-ui; margin: 2rem auto; max-width: 44rem; padding: 0 1rem }</style>
<h1>Baton: front</h1>
<p>Every answer names its trace in the header <code>traceresponse</code>, every problem in <code>trace_id</code>.</p>
<ul>
${links.map(([href, text]) => `<li><a href="${href.replaceAll("&", "&amp;")}">${text}</a>`).join("\n")}
<li><code>POST /rolldice/tally</code> many throws, one JSON object a line, one answer
<li><code>WS /rolldice/table</code> a game of many rounds
</ul>
</html>
`;
