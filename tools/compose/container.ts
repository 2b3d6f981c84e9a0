/** The fields of `docker inspect` that are checked. */
export interface Container {
  readonly Name: string;
  readonly State: {
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    /** Absent where the container has no health check. */
    readonly Health?: { readonly Status: string };
  };
  readonly RestartCount: number;
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Init: boolean | null;
    readonly Memory: number;
    readonly PidsLimit: number | null;
    /** Processors, times 10^9; 0 is no limit. */
    readonly NanoCpus: number;
  };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string }[] | null>>;
  };
}
