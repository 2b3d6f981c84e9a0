/** `bun run up [metrics] [collector]`: builds and starts the containers, waits until they are healthy, prints their URLs. */
import { findCompose } from "./engine.ts";
import { isProfile, type Profile, profileArguments, profiles, profileVariables } from "./profiles.ts";

try {
  process.exit(up(readProfiles(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function readProfiles(names: readonly string[]): readonly Profile[] {
  const unknown = names.find((name) => !isProfile(name));
  if (unknown !== undefined) throw new Error(`unknown profile "${unknown}": there are ${profiles.join(" and ")}`);
  return names.filter(isProfile);
}

function up(selected: readonly Profile[]): number {
  const compose = findCompose();
  const command = [...compose, ...profileArguments(selected), "up", "--detach", "--build", "--wait"];
  const { exitCode } = Bun.spawnSync(command, {
    cwd: `${import.meta.dir}/../..`,
    env: { ...process.env, ...profileVariables(selected) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode === 0) console.log(`\n${whereThingsAre(selected).join("\n")}`);
  return exitCode;
}

function whereThingsAre(selected: readonly Profile[]): readonly string[] {
  const {
    BATON_FRONT_PORT: front = "3000",
    BATON_JAEGER_PORT: jaeger = "16686",
    BATON_PROMETHEUS_PORT: prometheus = "9090",
  } = process.env;
  return [
    `a request    curl -i 'http://localhost:${front}/rolldice?rolls=3'`,
    `its trace    http://localhost:${jaeger}/search?service=front`,
    ...(selected.includes("metrics")
      ? [`rates        http://localhost:${jaeger}/monitor and http://localhost:${prometheus}`]
      : []),
    "stop         bun run down",
  ];
}
