/** Watches the connection to back, so that the log says when back cannot be reached and when it can. */
import { connectivityState } from "@grpc/grpc-js";
import type { Channel } from "nice-grpc";

export interface BackWatcher {
  onUp(): void;
  /** The connection ended, or did not answer a ping. Another one is being opened. */
  onLost(): void;
  /** Called once for an outage, not for each attempt to connect. */
  onDown(): void;
}

/** Connects when nothing is connected, for as long as the channel is open. */
export function watchBack(channel: Channel, { onUp, onLost, onDown }: BackWatcher): void {
  let reported: "up" | "lost" | "down" | undefined;
  const report = (state: "up" | "lost" | "down", callback: () => void) => {
    if (reported === state) return;
    reported = state;
    callback();
  };
  const look = () => {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.SHUTDOWN) return;
    if (state === connectivityState.READY) report("up", onUp);
    else if (state === connectivityState.TRANSIENT_FAILURE) report("down", onDown);
    else if (reported === "up") report("lost", onLost);
    channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, look);
  };
  look();
}
