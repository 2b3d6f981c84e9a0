/** `bun run up [metrics] [collector] [lab]`: builds and starts the containers, waits until they are healthy, prints their URLs. */
import { findCompose } from "./engine.ts";
import { isProfile, type Profile, profileArguments, profiles, profileVariables } from "./profiles.ts";

const root = `${import.meta.dir}/../..`;

try {
  process.exit(up(readProfiles(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function readProfiles(names: readonly string[]): readonly Profile[] {
  const unknown = names.find((name) => !isProfile(name));
  if (unknown !== undefined) throw new Error(`unknown profile "${unknown}": there are ${profiles.join(", ")}`);
  return names.filter(isProfile);
}

function up(selected: readonly Profile[]): number {
  const compose = findCompose();
  const command = [...compose, ...profileArguments(selected), "up", "--detach", "--build", "--wait"];
  const { exitCode } = Bun.spawnSync(command, {
    cwd: root,
    env: { ...process.env, ...profileVariables(selected) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) return exitCode;
  if (selected.includes("collector") && !collectorAnswers(compose)) {
    console.error("the Collector does not answer: see `docker compose logs collector`");
    return 1;
  }
  console.log(`\n${whereThingsAre(selected).join("\n")}`);
  return 0;
}

/**
 * Its image has no shell and so no health check: Compose calls it started while it fails again and again. So front asks
 * it, from where it will send to it.
 */
function collectorAnswers(compose: readonly string[]): boolean {
  const ask = `
    for (const end = Date.now() + 15_000; Date.now() < end; await Bun.sleep(500)) {
      const request = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
      const answer = await fetch("http://collector:4318/v1/traces", request).catch(() => undefined);
      if (answer?.ok) process.exit(0);
    }
    process.exit(1);`;
  const command = [...compose, "exec", "--no-TTY", "front", "/usr/local/bin/bun", "--eval", ask];
  return Bun.spawnSync(command, { cwd: root, stdout: "ignore", stderr: "ignore" }).success;
}

function whereThingsAre(selected: readonly Profile[]): readonly string[] {
  const {
    BATON_FRONT_PORT: front = "3000",
    BATON_JAEGER_PORT: jaeger = "16686",
    BATON_LAB_PORT: lab = "3001",
    BATON_PROMETHEUS_PORT: prometheus = "9090",
  } = process.env;
  return [
    `a request    curl -i 'http://localhost:${front}/rolldice?rolls=3'`,
    `its trace    http://localhost:${jaeger}/search?service=front`,
    ...(selected.includes("metrics")
      ? [`rates        http://localhost:${jaeger}/monitor and http://localhost:${prometheus}`]
      : []),
    ...(selected.includes("lab") ? [`the lab      http://localhost:${lab}`] : []),
    "stop         bun run down",
  ];
}
