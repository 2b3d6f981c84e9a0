/**
 * /options/*: one endpoint for each option of telemetry, so that its effect can be seen in a trace. Each body says what
 * to look for and why one would want it. Only with LAB=1.
 *
 * The endpoints are not routes of the application: its plugin makes the span of every request with one set of options,
 * and here each request has options of its own.
 */
import type { Telemetry } from "@baton/telemetry";
import { setHttpRoute, tracedHandler } from "@baton/telemetry/http";
import type { AnswerOption } from "../app.ts";
import type { FrontLab } from "../lab/front-lab.ts";
import { requestPath } from "../request-path.ts";
import { baggageOptions } from "./options-baggage.ts";
import { grpcClientOptions, grpcServerOptionNames } from "./options-grpc.ts";
import { createGrpcCalls } from "./options-grpc-calls.ts";
import { httpClientOptions } from "./options-http-client.ts";
import { httpServerOptions } from "./options-http-server.ts";
import { answerTarget, callTarget } from "./options-target.ts";

/** What the body of an endpoint says. */
export interface OptionText {
  /** The last part of the path: `span-name`. */
  readonly name: string;
  /** The option as one writes it. */
  readonly option: string;
  readonly look: string;
  readonly why: string;
}

export interface OptionsDeps {
  readonly telemetry: Telemetry;
  /** The headers that every span captures, so that the wire of each request is seen. */
  readonly lab: Pick<FrontLab, "httpServer" | "httpClient" | "grpcClient">;
  readonly backAddress: string;
}

export interface OptionEndpoints {
  /** `undefined` for a request of another path. Some endpoints call front itself, so it must listen. */
  readonly handle: AnswerOption;
  close(): void;
}

type Handler = (request: Request, self: URL) => Promise<Response>;

export function createOptionEndpoints({ telemetry, lab, backAddress }: OptionsDeps): OptionEndpoints {
  const calls = createGrpcCalls(telemetry, backAddress, lab.grpcClient);
  const traced = tracedHandler(telemetry, lab.httpServer);
  const handlers = new Map<string, Handler>([["/options/target", traced(async (request) => answerTarget(request))]]);
  const add = (path: string, wrap: (handle: Handler) => Handler, handle: Handler) => {
    const routed: Handler = (request, self) => {
      setHttpRoute(request, path);
      return handle(request, self);
    };
    handlers.set(path, wrap(routed));
  };

  for (const { text, options, answer, relayed } of httpServerOptions) {
    const path = `/options/http-server/${text.name}`;
    const handle: Handler = async () => Response.json(text, answer);
    if (!relayed) add(path, tracedHandler(telemetry, { ...lab.httpServer, ...options }), handle);
    else {
      add(`${path}/inner`, tracedHandler(telemetry, { ...lab.httpServer, ...options }), handle);
      add(path, traced, async (request, self) =>
        callTarget(telemetry, lab.httpClient, new URL(`${path}/inner`, self), request, text),
      );
    }
  }
  for (const { text, options, target } of httpClientOptions) {
    add(`/options/http-client/${text.name}`, traced, async (request, self) =>
      callTarget(telemetry, { ...lab.httpClient, ...options }, new URL(target, self), request, text),
    );
  }
  for (const { text, server, client } of baggageOptions(telemetry)) {
    add(`/options/baggage/${text.name}`, tracedHandler(server, lab.httpServer), async (request, self) =>
      callTarget(client, lab.httpClient, new URL("/options/target", self), request, text),
    );
  }
  for (const { text, options, player } of grpcClientOptions) {
    const call = calls.withOptions(options);
    add(`/options/grpc-client/${text.name}`, traced, (request) => call(request, text, player));
  }
  for (const { text, player } of grpcServerOptionNames) {
    const call = calls.toService(text.name);
    add(`/options/grpc-server/${text.name}`, traced, (request) => call(request, text, player));
  }
  return {
    handle: (request, server) =>
      server === null ? undefined : handlers.get(requestPath(request))?.(request, server.url),
    close: calls.close,
  };
}
