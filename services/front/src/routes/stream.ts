/** GET /rolldice/stream: one throw, die by die, as server-sent events over a server-streaming call. */
import { Elysia } from "elysia";
import type { DiceClient, StreamedRoll } from "../dice-client.ts";
import { answers } from "../openapi.ts";
import { ProblemError, problemBody } from "../problem.ts";
import { problemOf, unexpectedProblem } from "../problem-of.ts";
import { requestPath } from "../request-path.ts";
import { defaults, streamQuery, timeoutHeader, timeoutHeaders } from "../schemas.ts";
import { serverSentEvent } from "../server-sent-event.ts";

/** The streams that run. Each is ended by aborting it. */
export type Streams = Set<AbortController>;

const shuttingDown = new ProblemError({
  status: 503,
  detail: "The server is shutting down. Try again.",
  headers: { "retry-after": "1" },
});

export function streamRoute(dice: DiceClient, streams: Streams) {
  return new Elysia().get(
    "/rolldice/stream",
    async ({ query, headers, request }) => {
      const { player = defaults.player, rolls = defaults.streamRolls, sides = defaults.sides } = query;
      const ending = new AbortController();
      const signal = AbortSignal.any([request.signal, ending.signal]);
      const over = () => void streams.delete(ending);
      streams.add(ending);
      // Bun neither reads nor cancels the body of a client that has left.
      signal.addEventListener("abort", over);
      const answers = dice.streamRolls(
        { player, rolls, sides, intervalMs: query.interval_ms ?? defaults.intervalMs },
        { signal, timeoutMs: headers[timeoutHeader] },
      );
      const iterator = answers[Symbol.asyncIterator]();
      // Waiting for the first die lets an error that comes before it be a proper response.
      const first = await iterator.next().catch((error) => {
        over();
        throw ending.signal.aborted ? shuttingDown : error;
      });
      return new Response(eventStream(first, iterator, { ending, over, path: requestPath(request) }), {
        headers: { "content-type": "text/event-stream" },
      });
    },
    {
      query: streamQuery,
      headers: timeoutHeaders,
      detail: {
        summary: "Throw dice one by one",
        description:
          "Server-sent events: a message for each die, then an event `end`. An error after the first die is an " +
          "event `problem`. Close the connection on either, or a browser asks again.",
        responses: answers("The dice as they are thrown.", "text/event-stream", { type: "string" }),
      },
    },
  );
}

/**
 * A plain stream: Bun loses the async context in bodies that are async generators.
 * A die is asked for when the client has taken the one before.
 */
function eventStream(
  first: IteratorResult<StreamedRoll>,
  iterator: AsyncIterator<StreamedRoll>,
  { ending, over, path }: { readonly ending: AbortController; readonly over: () => void; readonly path: string },
): ReadableStream<Uint8Array> {
  let next: Promise<IteratorResult<StreamedRoll>> | undefined = Promise.resolve(first);
  return new ReadableStream({
    async pull(controller) {
      try {
        const result = await (next ?? iterator.next());
        next = undefined;
        if (!result.done) return controller.enqueue(serverSentEvent(result.value));
        controller.enqueue(serverSentEvent({}, "end"));
      } catch (error) {
        const problem = ending.signal.aborted ? shuttingDown.problem : (problemOf(error) ?? unexpectedProblem);
        controller.enqueue(serverSentEvent(problemBody(problem, path), "problem"));
      }
      over();
      controller.close();
    },
    cancel: () => ending.abort(),
  });
}
