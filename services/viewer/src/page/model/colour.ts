/** A service's colour: a slot in the palette of the style sheet, the same on every page. */

/** How many hues `base.css` defines (`.hue-0` and on). */
export const HUES = 8;

/**
 * A slot for each service, from its name. Two services of one list share a slot only when there are more services than
 * slots: the one that comes later in the alphabet moves on to the next free slot.
 */
export function assignHues(services: Iterable<string>): ReadonlyMap<string, number> {
  const hues = new Map<string, number>();
  const taken = new Set<number>();
  for (const service of [...new Set(services)].sort()) {
    if (taken.size === HUES) taken.clear();
    let hue = hash(service) % HUES;
    while (taken.has(hue)) hue = (hue + 1) % HUES;
    taken.add(hue);
    hues.set(service, hue);
  }
  return hues;
}

/** FNV-1a, 32 bits: spreads short names well and needs no table. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
