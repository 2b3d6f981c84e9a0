/** Services that nobody here wrote the telemetry of: each as the documentation of its instrumentation says. */
import { fileURLToPath } from "node:url";

export interface ForeignService {
  /** As in docs/doctor.md. */
  readonly name: string;
  /** The folder of tools/doctor/services that has its files. Services of one folder are installed once. */
  readonly folder: string;
  /** Programs that must be there; otherwise it is skipped. */
  readonly needs: readonly string[];
  readonly install: readonly (readonly string[])[];
  readonly start: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What is examined. `PORT` and `GRPC_PORT` stand for the ports. */
  readonly url: string;
}

export const servicesFolder = fileURLToPath(new URL("services", import.meta.url));

const bunInstall = [process.execPath, "install", "--linker", "hoisted", "--minimum-release-age", "259200", "--silent"];
const pip = ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
const copyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
const agent = "io.opentelemetry.javaagent:opentelemetry-javaagent:2.33.1";
const proxy = "http://127.0.0.1:PORT/proxy?url={callback}";

export const foreignServices: readonly ForeignService[] = [
  {
    name: "Express on Node.js, NodeSDK",
    folder: "node",
    needs: ["node"],
    install: [bunInstall],
    start: ["node", "--require", "./tracing.cjs", "express.cjs"],
    url: proxy,
  },
  {
    name: "Fastify on Node.js, NodeSDK and @fastify/otel",
    folder: "node",
    needs: ["node"],
    install: [bunInstall],
    start: ["node", "--require", "./tracing.cjs", "fastify.cjs"],
    url: proxy,
  },
  {
    name: "Flask on gunicorn, opentelemetry-instrument",
    folder: "python",
    needs: ["python3"],
    install: [["python3", "-m", "venv", "venv"], pip],
    start: [
      "venv/bin/opentelemetry-instrument",
      "venv/bin/gunicorn",
      "--bind",
      "127.0.0.1:PORT",
      "--threads",
      "8",
      "app:app",
    ],
    url: proxy,
  },
  {
    name: "net/http on Go, otelhttp",
    folder: "go",
    needs: ["go"],
    install: [["go", "build", "-o", "service", "."]],
    start: ["./service"],
    url: proxy,
  },
  {
    name: "grpc-go, otelgrpc",
    folder: "go",
    needs: ["go"],
    install: [["go", "build", "-o", "service", "."]],
    start: ["./service"],
    url: "grpc://127.0.0.1:GRPC_PORT/grpc.health.v1.Health/Check",
  },
  {
    name: "The JDK's server and client on Java, OpenTelemetry's agent",
    folder: "java",
    needs: ["java", "javac", "mvn"],
    install: [
      ["javac", "Proxy.java"],
      ["mvn", "-q", "-B", copyPlugin, `-Dartifact=${agent}`, "-DoutputDirectory=.", "-Dmdep.stripVersion=true"],
    ],
    start: ["java", "-javaagent:opentelemetry-javaagent.jar", "-cp", ".", "Proxy"],
    url: proxy,
  },
  {
    name: "Elysia on Bun, @elysia/opentelemetry",
    folder: "elysia",
    needs: [],
    install: [bunInstall],
    start: [process.execPath, "app.ts"],
    url: proxy,
  },
];
