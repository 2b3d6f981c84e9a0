/** Writes `docs/configuration.md`. A test fails while the file differs from what this writes. */
import { renderConfigurationDocs } from "../src/config/render-docs.ts";

const path = `${import.meta.dir}/../../../docs/configuration.md`;
await Bun.write(path, renderConfigurationDocs());
