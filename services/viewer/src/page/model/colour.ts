/** A service's colour: a slot in the palette of the style sheet, the same on every page. */

/** How many hues `base.css` defines (`.hue-0` and on). */
export const HUES = 20;

/** The slot of each service, from its name alone: it stays the same whatever other services come and go. */
export function assignHues(services: Iterable<string>): ReadonlyMap<string, number> {
  return new Map([...new Set(services)].map((service) => [service, hash(service) % HUES]));
}

/** FNV-1a, 32 bits: spreads short names well and needs no table. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
