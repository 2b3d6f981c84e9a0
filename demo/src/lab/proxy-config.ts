/** The settings of the lab's proxy. */
import { readNumber } from "../config.ts";

export interface ProxyConfig {
  /** `LAB_PROXY_HOST`. @default "127.0.0.1" */
  readonly host: string;
  /** `LAB_PROXY_PORT`; 0 takes any free port. @default 0 */
  readonly port: number;
  /** `LAB_STRANGER_PORT`: where the service of somebody else listens. @default 0 */
  readonly strangerPort: number;
  /** `BACK_ADDRESS`: where calls are passed on to. @default "127.0.0.1:50051" */
  readonly backAddress: string;
}

export function readProxyConfig(env: Readonly<Record<string, string | undefined>>): ProxyConfig {
  const { LAB_PROXY_HOST: host = "127.0.0.1", BACK_ADDRESS: backAddress = "127.0.0.1:50051" } = env;
  return {
    host,
    port: readNumber(env, "LAB_PROXY_PORT", 0, 65_535),
    strangerPort: readNumber(env, "LAB_STRANGER_PORT", 0, 65_535),
    backAddress,
  };
}
