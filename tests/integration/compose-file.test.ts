/** Checks compose.yaml without a container engine. `bun run test:compose` checks the containers. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { root } from "@baton/demo/child-process";

interface Service {
  readonly image?: string;
  readonly build?: { readonly args: { readonly SERVICE: string } };
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly stop_grace_period?: string;
  readonly [key: string]: unknown;
}

const read = (path: string) => Bun.file(join(root, path)).text();
const compose = Bun.YAML.parse(await read("compose.yaml")) as { readonly services: Readonly<Record<string, Service>> };
const dockerfile = await read("Dockerfile");
const manifest = JSON.parse(await read("package.json")) as {
  readonly packageManager: string;
  readonly workspaces: { readonly packages: readonly string[] };
};
const services = Object.entries(compose.services);

test("the default is three containers", () => {
  const names = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
  expect(names).toEqual(["front", "back", "jaeger"]);
});

describe.each(services)("%s", (name, service) => {
  test("has no rights that it does not need", () => {
    expect(service).toMatchObject({
      init: true,
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges"],
      mem_limit: expect.stringMatching(/^\d+m$/),
      pids_limit: expect.any(Number),
      cpus: expect.any(Number),
    });
  });

  // Its image has nothing to ask with, as docs/compose.md says.
  test.skipIf(name === "collector")("has a health check", () => {
    expect(service.healthcheck).toHaveProperty(["test", 0], "CMD");
  });

  test("is built here, or is an image with an exact version", () => {
    expect(service.image ?? service.build?.args.SERVICE).toMatch(
      /^(front|back|lab-proxy|[\w./-]+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?)$/,
    );
  });

  test("listens on this machine only", () => {
    for (const port of service.ports ?? []) expect(port).toStartWith("127.0.0.1:");
  });
});

test.each(["front", "lab-front"])("%s answers only to names that are listed", (name) => {
  expect(compose.services[name]?.environment).toMatchObject({
    FRONT_HOST: "0.0.0.0",
    FRONT_ALLOWED_HOSTS: expect.stringMatching(/^\$\{BATON_FRONT_HOSTS:-[a-z,]+\}$/),
  });
});

test("the lab is a pair of its own behind its profile, with a proxy between the two", () => {
  const names = services.filter(([, { profiles }]) => profiles?.includes("lab")).map(([name]) => name);
  expect(names).toEqual(["lab-front", "lab-proxy", "lab-back"]);
  const { "lab-front": front, "lab-proxy": proxy, "lab-back": back } = compose.services;
  expect(front?.environment).toMatchObject({ LAB: 1, BACK_ADDRESS: "lab-proxy:50051" });
  expect(proxy?.environment).toMatchObject({ BACK_ADDRESS: "lab-back:50051" });
  expect(back?.environment).toMatchObject({ LAB: 1 });
});

test("nothing else has anything of the lab", () => {
  for (const [name, { environment = {}, profiles }] of services) {
    const ofLab = Object.entries(environment).filter(([key, value]) => `${key} ${value}`.toLowerCase().includes("lab"));
    if (!profiles?.includes("lab")) expect([name, ofLab]).toEqual([name, []]);
  }
});

test.each(["front", "back", "lab-front", "lab-back"])("%s has more time to stop than it needs", (name) => {
  const shutdownMs = 10_000;
  const lastSpansMs = 5250;
  const graceMs = Number.parseInt(compose.services[name]?.stop_grace_period ?? "", 10) * 1000;
  expect(graceMs).toBeGreaterThan(shutdownMs + lastSpansMs);
});

test("Jaeger takes OTLP of other programs on both usual ports", () => {
  expect(compose.services.jaeger?.ports).toEqual(
    expect.arrayContaining([expect.stringMatching(/4317\}:4317$/), expect.stringMatching(/4318\}:4318$/)]),
  );
});

test("the Collector has a pipeline for each signal that services export", async () => {
  const config = Bun.YAML.parse(await read("deploy/compose/collector.yaml")) as {
    readonly service: { readonly pipelines: Readonly<Record<string, object>> };
  };
  expect(Object.keys(config.service.pipelines)).toEqual(["traces", "metrics", "logs"]);
});

test("the images have the Bun version of this project", () => {
  const version = manifest.packageManager.replace("bun@", "");
  const froms = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = ""]) => image.split("@")[0]);
  expect(froms).toEqual([`oven/bun:${version}-slim`, `oven/bun:${version}-distroless`]);
});

test("what is built here does not run as root, and installs nothing when it starts", () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  expect(last).toMatch(/^USER 65532:65532$/m);
  expect(last).toMatch(/^ENTRYPOINT \["\/usr\/local\/bin\/bun", "--no-install", /m);
  for (const [, { user, entrypoint }] of services) expect([user, entrypoint]).toEqual([undefined, undefined]);
});

test("the build gets every folder that it copies", async () => {
  const folders = [...dockerfile.matchAll(/^COPY (\w+) \1$/gm)].map(([, folder]) => `!${folder}`);
  expect(folders).toContain("!demo");
  const ignored = (await read(".dockerignore")).split("\n");
  expect(folders.filter((folder) => !ignored.includes(folder))).toEqual([]);
});

test.each(manifest.workspaces.packages)(
  "the Dockerfile copies the package.json of %s, which is part of the lock file",
  async (pattern) => {
    const paths = await Array.fromAsync(new Bun.Glob(`${pattern}/package.json`).scan({ cwd: root }));
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(dockerfile).toContain(`\nCOPY ${path} ${path.replace("package.json", "")}\n`);
  },
);
