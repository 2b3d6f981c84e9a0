/** Runs commands that can be cancelled. */

export type Variables = Readonly<Record<string, string>>;

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Commands {
  /** @throws Error with the output when the command fails, and when commands were cancelled. */
  run(command: readonly string[], variables?: Variables): Promise<Output>;
  /** Ends the running commands; new ones are refused. */
  cancel(): Promise<void>;
}

/** `HOME`, `PATH` and the engine's own variables come from this process. */
export function createCommands(cwd: string): Commands {
  const running = new Set<Bun.Subprocess>();
  let isCancelled = false;
  return {
    async run(command, variables = {}) {
      if (isCancelled) throw new Error("commands were cancelled");
      const child = Bun.spawn([...command], {
        cwd,
        env: { ...process.env, ...variables },
        stdio: ["ignore", "pipe", "pipe"],
        // A Ctrl+C in the terminal must only reach this process, which decides what ends when.
        detached: true,
      });
      running.add(child);
      const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      running.delete(child);
      if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${lastLines(stdout + stderr)}`);
      return { stdout, stderr };
    },
    async cancel() {
      isCancelled = true;
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
