/** The processor time of another process. Linux only. */
import { dlopen, FFIType } from "bun:ffi";

const libc = dlopen("libc.so.6", { clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 } });
const timespec = new BigInt64Array(2);

/**
 * User and system time of all threads of a process so far, in seconds. It is exact to the nanosecond: /proc/PID/stat counts
 * in steps of 10 ms, which is 2 % of a round.
 *
 * @throws Error for a process that is gone.
 * @see https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
 */
export function processorSecondsOf(pid: number): number {
  // The number of the clock of a process, as the C library makes it.
  const clock = (~pid << 3) | 2;
  if (libc.symbols.clock_gettime(clock, timespec) !== 0) throw new Error(`process ${pid} is gone`);
  const [seconds = 0n, nanoseconds = 0n] = timespec;
  return Number(seconds) + Number(nanoseconds) / 1e9;
}
