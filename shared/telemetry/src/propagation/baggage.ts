/** The propagator of W3C Baggage. */
import {
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "../suppression.ts";
import { type BaggageMember, parseBaggageMember, ReceivedBaggage, sendableEntries } from "./baggage-entries.ts";
import { combineHeaders } from "./carriers.ts";

const BAGGAGE = "baggage";

/** What must be carried, over all the headers of a request together. @see https://www.w3.org/TR/baggage/#limits */
export const MAX_BAGGAGE_MEMBERS = 64;
export const MAX_BAGGAGE_BYTES = 8192;

/** Options of {@link createBaggagePropagator}. */
export interface BaggagePropagatorOptions {
  /**
   * Keys that are taken from callers. Others are dropped.
   * @default every key
   */
  readonly allowIn?: readonly string[];
  /**
   * Keys that are sent to others. Others stay in this process.
   * @default every key
   */
  readonly allowOut?: readonly string[];
}

/**
 * Reads and writes `baggage`: 64 members and 8192 bytes are carried whole; a member that is malformed, or that no longer
 * fits, is left out as a whole while the others stay. Nothing here throws. Without a member no header is sent.
 * @see https://www.w3.org/TR/baggage/
 */
export function createBaggagePropagator({ allowIn, allowOut }: BaggagePropagatorOptions = {}): TextMapPropagator {
  const isAllowedIn = toFilter(allowIn);
  const isAllowedOut = toFilter(allowOut);
  return {
    extract: (context, carrier, getter) => extractBaggage(context, carrier, getter, isAllowedIn),
    inject: (context, carrier, setter) => injectBaggage(context, carrier, setter, isAllowedOut),
    fields: () => [BAGGAGE],
  };
}

type KeyFilter = (key: string) => boolean;

function toFilter(keys: readonly string[] | undefined): KeyFilter {
  if (keys === undefined) return () => true;
  const allowed = new Set(keys);
  return (key) => allowed.has(key);
}

function extractBaggage<Carrier>(
  context: Context,
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
  isAllowed: KeyFilter,
): Context {
  const header = combineHeaders(getter.get(carrier, BAGGAGE));
  if (header === "") return context;
  const members = new Map<string, BaggageMember>();
  const budget = createBudget();
  for (const text of header.split(",")) {
    const member = parseBaggageMember(text);
    if (member === undefined || !isAllowed(member.key)) continue;
    if (budget.take(member.key, member.encoded)) members.set(member.key, member);
  }
  return members.size === 0 ? context : propagation.setBaggage(context, ReceivedBaggage.of(members.values()));
}

function injectBaggage<Carrier>(
  context: Context,
  carrier: Carrier,
  setter: TextMapSetter<Carrier>,
  isAllowed: KeyFilter,
): void {
  const baggage = propagation.getBaggage(context);
  if (baggage === undefined || isTracingSuppressed(context)) return;
  const members: string[] = [];
  const budget = createBudget();
  for (const [key, encoded] of sendableEntries(baggage)) {
    if (isAllowed(key) && budget.take(key, encoded)) members.push(`${key}=${encoded}`);
  }
  if (members.length > 0) setter.set(carrier, BAGGAGE, members.join(","));
}

/** Counts members and bytes; a repeated key is counted again, so less than the limit may be sent. */
function createBudget() {
  let members = 0;
  let bytes = -1; // The first member needs no comma.
  return {
    /** Whether the member still fits. All of it is ASCII, so characters are bytes. */
    take(key: string, encoded: string): boolean {
      const size = key.length + encoded.length + 2; // "=" and the comma before it
      if (members === MAX_BAGGAGE_MEMBERS || bytes + size > MAX_BAGGAGE_BYTES) return false;
      members++;
      bytes += size;
      return true;
    },
  };
}
