/** What the plugin does to an Elysia application to see every request without changing a response. */
import type { AnyElysia } from "elysia";

export type Wrap = (handle: (request: Request) => unknown) => (request: Request) => unknown;

/** Parts of an application that its types keep private. Tested with the version of Elysia that is pinned. */
interface AppParts {
  compile(): unknown;
  readonly fetch: (request: Request) => unknown;
  readonly config: { readonly aot?: boolean; serve?: { readonly routes?: Readonly<Record<string, object>> } };
  readonly event: Readonly<Record<string, readonly Hook[] | undefined>>;
  readonly extender: { readonly higherOrderFunctions: Hook[] };
  readonly router: { readonly history: readonly Route[] };
  readonly promisedModules: { add(promise: Promise<unknown>): unknown };
}

interface Hook {
  readonly fn: unknown;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly handler: unknown;
  readonly hooks: Readonly<Record<string, unknown>>;
}

const partsOf = (app: AnyElysia): AppParts => app as unknown as AppParts;

/** Elysia applies a `wrap` only where it compiles its handlers: with `aot: false` it is applied here, at the start. */
export function wrapUncompiled(app: AnyElysia, wrap: Wrap): void {
  const parts = partsOf(app);
  if (parts.config.aot !== false) return;
  const compile = (): unknown => {
    Object.getPrototypeOf(app).compile.call(app);
    Object.defineProperty(app, "fetch", { value: wrap(parts.fetch), configurable: true, writable: true });
    return app;
  };
  Object.assign(app, { compile });
  compile();
  app.server?.reload({ fetch: parts.fetch as (request: Request) => Response });
}

/**
 * Elysia runs the `wrap` that was added last outermost. The plugin's `wrap` is moved there, so that it sees the response
 * that is sent. Elysia compiles its handlers again after each start.
 */
export function wrapOutermost(app: AnyElysia, plugin: AnyElysia): void {
  const { higherOrderFunctions: wraps } = partsOf(app).extender;
  const own = partsOf(plugin).extender.higherOrderFunctions.map(({ fn }) => fn);
  wraps.sort((a, b) => Number(own.includes(a.fn)) - Number(own.includes(b.fn)));
}

/**
 * Elysia gives an HTML page to Bun only where nothing runs around its routes. Otherwise it answers `{}`. Where only this
 * plugin runs, its pages are given to Bun here, before Elysia reloads the server, which it does after each start. Bun
 * serves them without a span. Where something else runs, such as a check of a login, nothing is changed.
 */
export function keepPages(app: AnyElysia, plugin: AnyElysia): void {
  const { config, router, event, extender, promisedModules } = partsOf(app);
  const parts = partsOf(plugin);
  const own = new Set(
    [...Object.values(parts.event).flat(), ...parts.extender.higherOrderFunctions].map((hook) => hook?.fn),
  );
  const areOwn = (hooks: unknown): boolean => hooksOf(hooks).every((hook) => own.has(hook?.fn));
  if (![event.request, event.trace, extender.higherOrderFunctions].every(areOwn)) return;
  const keep = ({ path, method }: Route, page: unknown): void => {
    if (!isPage(page)) return;
    const routes = config.serve?.routes ?? {};
    const key = encodeURI(path);
    config.serve = { ...config.serve, routes: { ...routes, [key]: { ...routes[key], [method]: page } } };
  };
  for (const route of router.history) {
    const { handler, hooks } = route;
    if (!Object.entries(hooks).every(([name, list]) => NOT_AROUND.has(name) || areOwn(list))) continue;
    if (handler instanceof Promise) promisedModules.add(handler.then((page) => keep(route, page)));
    else keep(route, handler);
  }
}

/** A value of which Elysia makes a whole body. Any other may become a stream or a file. */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** What the plugin has to know of a route. */
export interface RouteFacts {
  /** The application can replace the Response that Elysia makes. */
  readonly isReplaced: boolean;
  readonly isWebSocket: boolean;
}

const NOT_STARTED: RouteFacts = { isReplaced: true, isWebSocket: false };

/**
 * Returns what is known of a route, and keeps it: to look at each request and Response instead would cost 3 us, a fifth
 * of the plugin's time.
 */
export function createRouteFacts(
  appOf: () => AnyElysia | undefined,
  plugin: AnyElysia,
): (method: string, route: string) => RouteFacts {
  const known = new Map<string, RouteFacts>();
  return (method, route) => {
    const app = appOf();
    if (app === undefined) return NOT_STARTED;
    const key = `${method} ${route}`;
    let facts = known.get(key);
    if (facts === undefined) {
      const isWebSocket = app.routes.some((one) => one.method === "WS" && one.path === route);
      facts = { isWebSocket, isReplaced: canReplace(app, plugin, method, route) };
      known.set(key, facts);
    }
    return facts;
  };
}

function canReplace(app: AnyElysia, plugin: AnyElysia, method: string, path: string): boolean {
  const { event, extender, router } = partsOf(app);
  const { event: ownEvent, extender: ownExtender } = partsOf(plugin);
  const own = [...ownExtender.higherOrderFunctions, ...(ownEvent.afterHandle ?? [])].map(({ fn }) => fn);
  const isForeign = ({ fn }: Hook): boolean => !own.includes(fn);
  if (event.mapResponse?.length || extender.higherOrderFunctions.some(isForeign)) return true;
  const routes = router.history.filter(
    (route) => route.path === path && (route.method === method || route.method === "ALL"),
  );
  return (
    routes.length === 0 ||
    routes.some(({ hooks }) => hooks.mapResponse !== undefined || hooksOf(hooks.afterHandle).some(isForeign))
  );
}

/** Elysia keeps one hook of a route as it is, and several in a list. */
function hooksOf(hooks: unknown): readonly Hook[] {
  return [hooks ?? []].flat() as Hook[];
}

/** Hooks and fields of a route that do not run around its handler. */
const NOT_AROUND: ReadonlySet<string> = new Set(["detail", "tags", "start", "stop", "error", "afterResponse"]);

/** An HTML page, by the test that Elysia uses. */
function isPage(value: unknown): boolean {
  return typeof (value as { readonly index?: unknown } | undefined)?.index === "string";
}

/** Why a plugin's `wrap` was not applied, and what to do. */
export function reasonOfMissingSpan(plugin: AnyElysia): string {
  const { getParent } = plugin as unknown as { readonly getParent?: () => AnyElysia | undefined };
  const parent = getParent?.();
  return parent !== undefined && partsOf(parent).config.aot === false
    ? "the application has `aot: false` and is not started by listen(): serve `tracedHandler(telemetry)(app.fetch)`"
    : "it is used inside group() or guard(): use it on the outermost application, before everything else";
}
