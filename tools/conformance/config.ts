/** The configuration of the conformance server: one environment variable. */

const DEFAULT_PORT = 5000;
const MAX_PORT = 65_535;

/** `PORT`, 0 for any free one. @throws RangeError that names the variable and its range. */
export function readPort(env: Readonly<Record<string, string | undefined>>): number {
  const text = env.PORT || `${DEFAULT_PORT}`;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new RangeError(`PORT must be a whole number from 0 to ${MAX_PORT}, not "${text}"`);
  }
  return port;
}
