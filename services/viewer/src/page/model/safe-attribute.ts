/** The attributes that the pages may set, and the allowed targets of links. */

// No `style` and no `on…`: the policy of the pages forbids them, and no sent text may get there.
const ALLOWED = new Set(
  [
    "class id role href title type value name scope datetime tabindex hidden open colspan",
    "width height viewBox preserveAspectRatio x y rx d",
  ].flatMap((names) => names.split(" ")),
);

/** @throws Error for an attribute that could run code, and for a link to another server */
export function checkAttribute(name: string, value: string): void {
  if (!ALLOWED.has(name) && !/^(aria|data)-[a-z]+$/.test(name)) {
    throw new Error(`attribute ${name} is not allowed in the pages`);
  }
  // `//host` and `/\host` are other servers.
  if (name === "href" && !/^(#|\/(?![/\\]))/.test(value)) throw new Error(`${value} leads to another server`);
}
