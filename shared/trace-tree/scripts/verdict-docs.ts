/** Writes `docs/verdicts.md`. A test fails while the file differs from what this writes. */
import { renderVerdictDocs } from "../src/testing/verdict-docs.ts";

await Bun.write(`${import.meta.dir}/../../../docs/verdicts.md`, renderVerdictDocs());
