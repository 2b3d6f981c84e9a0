/** Before every test file. A loaded machine is slow, and the time that a test may take is for hangs, not for speed. */
import { setDefaultTimeout } from "bun:test";

setDefaultTimeout(20_000);
