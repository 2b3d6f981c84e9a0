/** Reads a stream until its end or until a signal is aborted, whichever comes first. */

/** @throws The signal's reason, when it is aborted; what the source is doing then is left to itself. */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  while (true) {
    const result = await nextUnlessAborted(iterator, signal);
    if (result.done) return;
    yield result.value;
  }
}

/** A listener for each read, not one race against a promise that lives as long as the stream: that would leak. */
function nextUnlessAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T>>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  iterator.next().then(resolve, reject);
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}
