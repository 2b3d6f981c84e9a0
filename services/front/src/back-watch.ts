/** Watches the connection to back, so that the log says when back is away and when it is there again. */
import { connectivityState } from "@grpc/grpc-js";
import type { Channel } from "nice-grpc";

export interface BackWatcher {
  onUp(): void;
  /** Called once for each outage, not for each attempt to connect. */
  onDown(): void;
}

/** Also connects when no connection is open, until the channel is closed. */
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
