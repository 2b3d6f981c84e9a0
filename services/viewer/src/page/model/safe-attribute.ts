/** Which attributes the pages may set, and where their links may lead. */

// No `style` and no `on…`: the pages' policy forbids them, and nothing that was sent should reach them.
const ALLOWED = new Set(
  [
    "class id role href title type value name scope datetime tabindex hidden open colspan",
    "width height viewBox preserveAspectRatio x y rx",
  ].flatMap((names) => names.split(" ")),
);

/** @throws Error for an attribute that could act, and for a link that leaves this server */
export function checkAttribute(name: string, value: string): void {
  if (!ALLOWED.has(name) && !/^(aria|data)-[a-z]+$/.test(name)) {
    throw new Error(`attribute ${name} is not one that the pages set`);
  }
  // `//host` and `/\host` are other servers.
  if (name === "href" && !/^(#|\/(?![/\\]))/.test(value)) throw new Error(`${value} leads off this server`);
}
