/** Headers of every illegal kind, generated from a seed. */

/** mulberry32: a small generator of random numbers that a seed repeats. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export type Random = (below: number) => number;

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";
const VALID: Readonly<Record<string, string>> = {
  traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`,
  tracestate: "a=1,b@c=2",
  baggage: "dice.table=t;p=1,other=2",
  "grpc-timeout": "100m",
  "request-timeout-ms": "100",
  "content-type": "application/json",
  "content-encoding": "gzip",
  "accept-encoding": "gzip, zstd",
  forwarded: "for=1.2.3.4;proto=https",
  "x-forwarded-for": "1.2.3.4, 5.6.7.8",
  cookie: "a=b; c=d",
  range: "bytes=0-1",
  authorization: "Basic YTpi",
  "user-agent": "test/1.0 (x)",
};
const NAMES = Object.keys(VALID);

const pick = <T>(random: Random, values: readonly T[]): T | undefined => values[random(values.length)];
const hex = (random: Random, length: number): string => Array.from({ length }, () => random(16).toString(16)).join("");
/** Any byte that can be inside of a value; a line's end only where the kind says so. */
const junk = (random: Random, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(1 + random(255)))
    .join("")
    .replace(/[\r\n]/g, "\t");

/** Each makes an illegal value of the legal one. */
const KINDS: readonly ((value: string, random: Random) => string)[] = [
  () => "",
  (_value, random) => junk(random, 1 + random(40)),
  (value, random) => value.slice(0, random(value.length)),
  (value, random) => value + junk(random, 1 + random(5)),
  (value, random) => value.replace(/./g, (letter) => (random(4) === 0 ? junk(random, 1) : letter)),
  (value) => value.toUpperCase(),
  (value) => `${value},${value}`,
  (value) => `${value}; ${value}`,
  (value, random) => value.repeat(1 + random(20)),
  (value) => value.replace(/[=-]/g, ""),
  (value) => value.replace(/\w+/g, ""),
  (_value, random) => `ff-${hex(random, 32)}-${hex(random, 16)}-01`,
  (_value, random) => `00-${"0".repeat(32)}-${hex(random, 16)}-01`,
  (_value, random) => `00-${hex(random, 32)}-${"0".repeat(16)}-${hex(random, 2)}`,
  (_value, random) =>
    `${hex(random, random(5))}-${hex(random, random(40))}-${hex(random, random(20))}-${hex(random, random(5))}`,
  (_value, random) => `${"k".repeat(random(300))}=${"v".repeat(random(300))}`,
  (_value, random) => Array.from({ length: random(70) }, (_, index) => `k${index}=${index}`).join(","),
  (_value, random) => `k=%${hex(random, 2)}%zz;${junk(random, 3)},=,;,${hex(random, 4)}`,
  (_value, random) => String(pick(random, ["-1", "1e999", "NaN", "99999999999S", "0", "1 m", "Infinity", "0x10"])),
];

export interface Header {
  readonly name: string;
  readonly value: string;
}

/** A known header with an illegal value, mostly one that telemetry reads. */
export function illegalHeader(random: Random): Header {
  const name = NAMES[random(random(3) === 0 ? NAMES.length : 5)] ?? "traceparent";
  const kind = pick(random, KINDS);
  return { name, value: kind?.(VALID[name] ?? "", random) ?? "" };
}

/** As a line of HTTP/1; one in fifty is no header at all. */
export function illegalLine(random: Random): string {
  const { name, value } = illegalHeader(random);
  if (random(50) > 0) return `${name}: ${value}`;
  const lines = [`${name}`, `: ${value}`, `${name} : ${value}`, ` ${name}: ${value}`, `${junk(random, 5)}: ${value}`];
  return pick(random, lines) ?? name;
}
