/** Front and back together, which send their spans to a receiver. */
import { freePort } from "../free-port.ts";
import { type Service, type ServiceOptions, startService, untilReady } from "./service.ts";

export interface PairOptions {
  readonly env: Readonly<Record<string, string>>;
  /** `plain`: OpenTelemetry's own SDK in the place of the project's telemetry, as the benchmark has it. @default "baton" */
  readonly variant?: Variant;
  /** More for one of the two. */
  readonly front?: Partial<ServiceOptions>;
  readonly back?: Partial<ServiceOptions>;
  /** Where front finds back. @default back's own address */
  readonly backAddress?: (backPort: number) => Promise<string>;
}

export type Variant = "baton" | "plain";

export interface Pair extends AsyncDisposable {
  readonly url: string;
  readonly front: Service;
  /** Another one after `restartBack`. */
  readonly back: Service;
  restartBack(): void;
  /** Of both, in bytes. */
  rss(): Promise<number>;
  /** Sends the signal to both. @returns Milliseconds until both have ended, and their exit codes. */
  end(signal?: NodeJS.Signals): Promise<End>;
}

export interface End {
  readonly ms: number;
  readonly codes: readonly (number | null)[];
}

const plain = new URL("../bench/peers/plain.ts", import.meta.url).pathname;
/** After this time a process is killed. */
const LONGEST_END_MS = 30_000;

export async function startPair(options: PairOptions): Promise<Pair> {
  const { variant = "baton", env, backAddress = async (port) => `127.0.0.1:${port}` } = options;
  const preload = variant === "plain" ? [plain] : [];
  const run = (service: "front" | "back", port: number, more: Readonly<Record<string, string>>): Service => {
    const own = options[service] ?? {};
    return startService({
      ...own,
      service,
      port,
      preload: [...preload, ...(own.preload ?? [])],
      env: { ...env, ...more, ...own.env },
    });
  };
  const [frontPort, backPort] = [await freePort(), await freePort()];
  let back = run("back", backPort, {});
  const ended: Service[] = [];
  const front = run("front", frontPort, { BACK_ADDRESS: await backAddress(backPort) });
  const dispose = async (): Promise<void> => {
    for (const service of [front, back, ...ended]) await service[Symbol.asyncDispose]();
  };
  try {
    await untilReady(front, back);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${frontPort}`,
    front,
    get back() {
      return back;
    },
    restartBack() {
      ended.push(back);
      back = run("back", backPort, {});
    },
    rss: async () => (await front.rss()) + (await back.rss()),
    end: (signal = "SIGTERM") => end([front, back], signal),
    [Symbol.asyncDispose]: dispose,
  };
}

async function end(services: readonly Service[], signal: NodeJS.Signals): Promise<End> {
  const startedAt = performance.now();
  for (const service of services) service.signal(signal);
  const timer = setTimeout(() => {
    for (const service of services) service.signal("SIGKILL");
  }, LONGEST_END_MS);
  const codes = await Promise.all(services.map((service) => service.exited));
  clearTimeout(timer);
  return { ms: performance.now() - startedAt, codes };
}
