/** Follows the connection to back, so that a person is told when it is missing and when it is there. */
import { connectivityState } from "@grpc/grpc-js";
import type { Channel } from "nice-grpc";

export interface BackWatcher {
  onUp(): void;
  /** The connection that worked has ended, or was found dead; another one is being opened. */
  onLost(): void;
  /** Called once for an outage, not for each attempt to connect. */
  onDown(): void;
}

/** Connects when nothing is connected, for as long as the channel is open. */
export function watchBack(channel: Channel, { onUp, onLost, onDown }: BackWatcher): void {
  let told: "up" | "lost" | "down" | undefined;
  const tell = (what: "up" | "lost" | "down", callback: () => void) => {
    if (told === what) return;
    told = what;
    callback();
  };
  const look = () => {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.SHUTDOWN) return;
    if (state === connectivityState.READY) tell("up", onUp);
    else if (state === connectivityState.TRANSIENT_FAILURE) tell("down", onDown);
    else if (told === "up") tell("lost", onLost);
    channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, look);
  };
  look();
}
