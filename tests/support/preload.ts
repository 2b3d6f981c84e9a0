/** Loaded before every test file. The timeout of a test is for hangs, and not too short for a slow machine. */
import { setDefaultTimeout } from "bun:test";

setDefaultTimeout(20_000);
