/** The rights of the containers as the engine runs them: only those of compose.yaml. */
import { type Checks, expectNone } from "./checks.ts";
import type { Container } from "./container.ts";
import type { Project } from "./project.ts";

/** The rules for every container. */
const rules: readonly (readonly [string, (container: Container) => boolean])[] = [
  ["its user is not root", ({ Config }) => !["", "0", "root"].includes(Config.User.split(":")[0] ?? "")],
  ["its root file system is read-only", ({ HostConfig }) => HostConfig.ReadonlyRootfs],
  ["it has no capabilities", ({ HostConfig }) => HostConfig.CapDrop?.includes("ALL") ?? false],
  ["it gets no new privileges", ({ HostConfig }) => HostConfig.SecurityOpt?.includes("no-new-privileges") ?? false],
  ["an init process passes its signals on", ({ HostConfig }) => HostConfig.Init === true],
  ["its memory is limited", ({ HostConfig }) => HostConfig.Memory > 0],
  ["the number of its processes is limited", ({ HostConfig }) => (HostConfig.PidsLimit ?? 0) > 0],
  ["its processor time is limited", ({ HostConfig }) => HostConfig.NanoCpus > 0],
  // The image of the Collector has nothing to ask with: `bun run up collector` asks it from front.
  [
    "it is healthy",
    ({ Config, State }) =>
      State.Health?.Status === "healthy" || Config.Labels["com.docker.compose.service"] === "collector",
  ],
  [
    "its ports are open on this machine only",
    ({ NetworkSettings }) =>
      Object.values(NetworkSettings.Ports).every((bindings) =>
        (bindings ?? []).every(({ HostIp }) => HostIp === "127.0.0.1"),
      ),
  ],
  ["it was not started again", ({ RestartCount, State }) => RestartCount === 0 && !State.OOMKilled],
];

export async function checkRights(checks: Checks, project: Project, count: number): Promise<void> {
  const containers = await project.containers();
  await checks.check(`${count} containers, and no more`, async () => {
    expectNone(containers.length === count ? [] : containers.map(({ Name }) => Name));
  });
  for (const [rule, holds] of rules) {
    await checks.check(`for each container: ${rule}`, async () => {
      expectNone(containers.filter((container) => !holds(container)).map(({ Name }) => `not for ${Name}`));
    });
  }
}
