/** A method of back that does nothing until its call is cancelled. */
export interface Hanging {
  /** Resolves when the method was called. */
  readonly called: Promise<void>;
  /** Resolves when the call was cancelled or ran out of time. */
  readonly stopped: Promise<void>;
  /** The body of the method. */
  hang(context: { readonly signal: AbortSignal }): Promise<never>;
}

export function createHanging(): Hanging {
  const called = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  return {
    called: called.promise,
    stopped: stopped.promise,
    hang({ signal }) {
      called.resolve();
      return new Promise((_, reject) => {
        const stop = () => {
          stopped.resolve();
          reject(signal.reason);
        };
        // On a busy machine the time may be over before the method is called.
        if (signal.aborted) stop();
        signal.addEventListener("abort", stop);
      });
    },
  };
}
