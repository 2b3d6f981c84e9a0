/** The text of one server-sent event. */
const encoder = new TextEncoder();

/**
 * One event with JSON as its data. JSON has no line break.
 * @param event The type of the event. @default "message"
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function serverSentEvent(data: object, event?: string): Uint8Array {
  const type = event === undefined ? "" : `event: ${event}\n`;
  return encoder.encode(`${type}data: ${JSON.stringify(data)}\n\n`);
}
