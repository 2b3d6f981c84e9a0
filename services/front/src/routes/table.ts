/** WS /rolldice/table: a game of many rounds, over a bidirectional call. */
import type { ServiceLog } from "@baton/service";
import type { Telemetry } from "@baton/telemetry";
import { inHandshakeContext, type MessageCarrier, webSocketMessage } from "@baton/telemetry/http";
import { Elysia } from "elysia";
import type { DiceClient } from "../dice-client.ts";
import { createTableSession, type TableSession } from "../table-session.ts";
import { openMessage } from "../throw-message.ts";

export interface TableDeps {
  readonly telemetry: Telemetry;
  readonly log: ServiceLog;
  readonly dice: DiceClient;
  readonly tables: Tables;
  /** Milliseconds that a player may send nothing. */
  readonly timeoutMs: number;
  /** Called inside the span of a message that carries a context of its own. @default nothing */
  readonly onCarrier?: ((carrier: MessageCarrier) => void) | undefined;
}

/** The tables by their sockets, until the calls of the closed ones are over. */
export type Tables = Map<object, Table>;

interface Table {
  readonly session: TableSession;
  /** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
  readonly close: (code: number, reason: string) => unknown;
}

/** The part of an Elysia socket that is used here. Each event has a new object with the same `raw`. */
interface Socket {
  readonly raw: object;
  readonly data: { readonly request: Request };
  send(text: string): unknown;
  close(code: number, reason: string): unknown;
}

/** A throw is far smaller; a longer message closes the socket with 1009. */
export const maxMessageBytes = 16_384;

/**
 * Answers that may wait for a player who does not read; with more the socket is closed. It holds 100 answers to the largest
 * throw, which are all that can be open: who waits for answers before the next throws never has more unread ones.
 */
export const maxUnreadBytes = 512 * 1024;

const path = "/rolldice/table";

export function tableRoute({ telemetry, log, dice, tables, timeoutMs, onCarrier = () => {} }: TableDeps) {
  return new Elysia().ws(path, {
    // OpenAPI cannot describe a WebSocket; openapi.ts describes the handshake.
    detail: { hide: true },
    open: inHandshakeContext((socket: Socket) => {
      const session = createTableSession({
        dice,
        send: (message) => socket.send(JSON.stringify(message)),
        onUnexpected: (error) => log.error({ err: error, path }, "unexpected error"),
        onSilent: () => socket.close(1008, `no message for ${timeoutMs} ms`),
        timeoutMs,
        path,
      });
      tables.set(socket.raw, { session, close: (code, reason) => socket.close(code, reason) });
    }),
    message: webSocketMessage(
      telemetry,
      (socket: Socket, message: unknown) => {
        const { carrier, content } = openMessage(message);
        if (carrier !== undefined) onCarrier(carrier);
        return tables.get(socket.raw)?.session.play(content);
      },
      { carrier: (message) => openMessage(message).carrier },
    ),
    close: inHandshakeContext((socket: Socket) => {
      void tables
        .get(socket.raw)
        ?.session.end()
        .then(() => tables.delete(socket.raw));
    }),
  });
}
