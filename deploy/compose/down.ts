/** `bun run down`: stops and removes the containers of every profile, and their network. */
import { findCompose } from "./engine.ts";
import { profileArguments, profiles } from "./profiles.ts";

try {
  const command = [...findCompose(), ...profileArguments(profiles), "down", "--volumes", "--remove-orphans"];
  const { exitCode } = Bun.spawnSync(command, {
    cwd: `${import.meta.dir}/../..`,
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exit(exitCode);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
