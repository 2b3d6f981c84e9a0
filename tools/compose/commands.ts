/** Runs commands that can be called off. */

export type Variables = Readonly<Record<string, string>>;

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Commands {
  /** @throws When the command fails, with what it said; and for a new one, when commands were called off. */
  run(command: readonly string[], variables?: Variables): Promise<Output>;
  /** Ends those that run, and lets no new one begin. */
  callOff(): Promise<void>;
}

/** `HOME`, `PATH` and the engine's own variables come from this process. */
export function createCommands(cwd: string): Commands {
  const running = new Set<Bun.Subprocess>();
  let isOff = false;
  return {
    async run(command, variables = {}) {
      if (isOff) throw new Error("commands were called off");
      const child = Bun.spawn([...command], {
        cwd,
        env: { ...process.env, ...variables },
        stdio: ["ignore", "pipe", "pipe"],
        // The terminal's Ctrl+C is for this process, which then decides what ends and when.
        detached: true,
      });
      running.add(child);
      const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      running.delete(child);
      if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${lastLines(stdout + stderr)}`);
      return { stdout, stderr };
    },
    async callOff() {
      isOff = true;
      const children = [...running];
      for (const child of children) child.kill();
      await Promise.all(children.map(({ exited }) => exited));
    },
  };
}

function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.slice(-30).join("\n");
}
