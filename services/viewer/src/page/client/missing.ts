/** Every path that is no page: only the top bar does something. */
import { startPage } from "./page.ts";

startPage();
