/** Installs a service into a folder outside of the project, starts it, and examines it. */
import { cp, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Examination, examine } from "@baton/doctor";
import { freePorts } from "@baton/tests/doctor/free-ports";
import { type ForeignService, servicesFolder } from "./services.ts";

const LISTENS_WITHIN_MS = 30_000;
const POLL_MS = 100;

/** The name of a program that is missing, if one is. */
export function missingProgram({ needs }: ForeignService): string | undefined {
  return needs.find((name) => Bun.which(name) === null);
}

/** What was installed before for the same files is used again. */
export async function installService({ folder, install }: ForeignService): Promise<string> {
  const source = join(servicesFolder, folder);
  const into = join(tmpdir(), "baton-doctor", `${folder}-${await hashOf(source)}`);
  const done = Bun.file(join(into, ".installed"));
  if (await done.exists()) return into;
  await mkdir(into, { recursive: true });
  await cp(source, into, { recursive: true });
  for (const command of install) {
    const child = Bun.spawn([...command], { cwd: into, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${out}${err}`);
  }
  await Bun.write(done, "");
  return into;
}

async function hashOf(folder: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const name of [...new Bun.Glob("**/*").scanSync(folder)].sort()) {
    hasher.update(name).update(await Bun.file(join(folder, name)).bytes());
  }
  return hasher.digest("hex").slice(0, 12);
}

export async function examineService(service: ForeignService, folder: string): Promise<Examination> {
  const [port = 0, grpcPort = 0, otlpHttpPort = 0] = freePorts(3);
  const withPorts = (text: string) => text.replace("GRPC_PORT", `${grpcPort}`).replace("PORT", `${port}`);
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OTEL_")));
  const child = Bun.spawn(service.start.map(withPorts), {
    cwd: folder,
    env: {
      ...own,
      PORT: `${port}`,
      GRPC_PORT: `${grpcPort}`,
      OTEL_SERVICE_NAME: "examined",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpHttpPort}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_BSP_SCHEDULE_DELAY: "200",
      ...service.env,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = Promise.all([child.stdout.text(), child.stderr.text()]);
  try {
    const url = withPorts(service.url);
    if (!(await listens(Number(new URL(url.replace("grpc:", "http:")).port)))) {
      child.kill("SIGKILL");
      throw new Error(`${service.name} does not listen:\n${(await output).join("")}`);
    }
    return await examine({ url, otlpHttpPort, otlpGrpcPort: 0, waitMs: 20_000, pid: child.pid });
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

async function listens(port: number): Promise<boolean> {
  const deadline = performance.now() + LISTENS_WITHIN_MS;
  while (performance.now() < deadline) {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => {} } }).catch(
      () => undefined,
    );
    socket?.end();
    if (socket !== undefined) return true;
    await Bun.sleep(POLL_MS);
  }
  return false;
}
