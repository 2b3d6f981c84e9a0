/** The accounts of the spans of one run, when its services have ended. */
import { sum } from "../bench/statistics.ts";
import type { Measured } from "./measured.ts";
import { UNNAMED } from "./receiver/behaviour.ts";
import type { Receiver } from "./receiver/start.ts";
import type { Service } from "./service.ts";

/** @param services Those that could still count. */
export async function accountFor(
  receiver: Receiver,
  services: readonly Service[],
): Promise<NonNullable<Measured["spans"]>> {
  const { accepted, ledger } = await receiver.counts();
  const names = [...services.map(({ name }) => name), UNNAMED];
  const lost: Record<string, number> = {};
  let [made, received] = [0, 0];
  for (const name of names) {
    made += ledger[name]?.made ?? 0;
    received += accepted[name] ?? 0;
    for (const [reason, count] of Object.entries(ledger[name]?.lost ?? {})) lost[reason] = (lost[reason] ?? 0) + count;
  }
  const readable = services.every(({ isRead }) => isRead);
  const said = sum(services.map(({ log }) => log.saidLost()));
  return { made, received, lost, ...(readable && { said }) };
}
