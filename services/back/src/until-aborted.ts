/** Reads a stream until its end or until a signal is aborted, whichever comes first. */

/** @throws The signal's reason, when it is aborted. The source is not waited for then. */
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

/** One listener for each read. A race against one promise that lives as long as the stream would leak memory. */
function nextUnlessAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T>>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  iterator.next().then(resolve, reject);
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}
