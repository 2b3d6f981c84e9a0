/** Follows the connection to back, so that a person is told when it is missing and when it is there. */
import { connectivityState } from "@grpc/grpc-js";
import type { Channel } from "nice-grpc";

export interface BackWatcher {
  onUp(): void;
  /** Called once for an outage, not for each attempt to connect. */
  onDown(): void;
}

/** Connects when nothing is connected, for as long as the channel is open. */
export function watchBack(channel: Channel, { onUp, onDown }: BackWatcher): void {
  let isUp: boolean | undefined;
  const look = () => {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.SHUTDOWN) return;
    if (state === connectivityState.READY && isUp !== true) {
      isUp = true;
      onUp();
    }
    if (state === connectivityState.TRANSIENT_FAILURE && isUp !== false) {
      isUp = false;
      onDown();
    }
    channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, look);
  };
  look();
}
