/** POST /rolldice/tally: many throws, one answer, over a client-streaming call. */
import { Elysia } from "elysia";
import type { DiceClient, Throw } from "../dice-client.ts";
import { answers } from "../openapi.ts";
import { maxLineLength, maxLines, type ReadLinesOptions, readLines } from "../read-lines.ts";
import { timeoutHeader, timeoutHeaders } from "../schemas.ts";
import { readThrowMessage } from "../throw-message.ts";

/** @param bodyTimeoutMs Milliseconds that a body may take to arrive. */
export function tallyRoute(dice: DiceClient, bodyTimeoutMs: number) {
  return new Elysia().post(
    "/rolldice/tally",
    async ({ headers, request }) => {
      const done = new AbortController();
      try {
        return await dice.tally(readThrows(request, { done: done.signal, timeoutMs: bodyTimeoutMs }), {
          signal: request.signal,
          timeoutMs: headers[timeoutHeader],
        });
      } finally {
        done.abort();
      }
    },
    {
      // The body is read line by line while it arrives, so Elysia must not read it before.
      parse: "none",
      headers: timeoutHeaders,
      detail: {
        summary: "Add up many throws",
        description:
          'One JSON object a line, for example `{"player":"ann","rolls":2,"sides":6}`; each is sent on as it ' +
          "arrives. Empty lines are skipped. A bad line ends the call and is named in the answer. " +
          `At most ${maxLines} lines, empty ones too, of at most ${maxLineLength} characters each: more is 413. ` +
          `A body that takes longer than ${bodyTimeoutMs} ms is 408.`,
        requestBody: { required: true, content: { "application/x-ndjson": { schema: { type: "string" } } } },
        responses: answers("The sums.", "application/json", { type: "object" }),
      },
    },
  );
}

async function* readThrows(request: Request, options: ReadLinesOptions): AsyncGenerator<Throw, void, undefined> {
  if (request.body === null) return;
  for await (const { text, number } of readLines(request.body, options)) {
    if (text.trim() !== "") yield readThrowMessage(text, number);
  }
}
