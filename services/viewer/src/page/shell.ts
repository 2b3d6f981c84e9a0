/** The frame around every page: head, top bar, and the main part that each page brings. */

export interface Shell {
  /** Also the names of the page's own script and style sheet. */
  readonly page: "search" | "trace" | "map" | "logs" | "metrics" | "compare" | "missing";
  readonly title: string;
  /** The content of `<main>`: our own HTML, never anything that was sent to the viewer. */
  readonly main: string;
}

/** A whole document. Nothing in it is inline, as the Content-Security-Policy asks. */
export function renderShell({ page, title, main }: Shell): string {
  const current = (of: string) => (of === page ? ' aria-current="page"' : "");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/base.css">
${page === "missing" ? "" : `<link rel="stylesheet" href="/assets/${page}.css">`}${page === "trace" ? '\n<link rel="stylesheet" href="/assets/logs.css">' : ""}
<script type="module" src="/assets/${page}.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/search"><img src="/assets/icon.svg" alt="" width="24" height="24">Baton</a>
<nav aria-label="Pages"><a href="/search"${current("search")}>Traces</a><a href="/map"${current("map")}>Map</a><a href="/logs"${current("logs")}>Logs</a><a href="/metrics"${current("metrics")}>Metrics</a></nav>
<form class="jump" role="search" action="/search">
<input name="traceId" aria-label="Open a trace by its id" placeholder="Trace id or traceparent" autocomplete="off" spellcheck="false" required>
<button>Open</button>
</form>
</header>
<main id="main" tabindex="-1">
${main}<noscript><p class="notice bad">These pages need JavaScript. The same data is at <a href="/api/traces">/api/traces</a>.</p></noscript>
</main>
</body>
</html>
`;
}
