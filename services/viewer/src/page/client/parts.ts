/** What the page of front shares with these pages, so that both look the same: `@baton/viewer/page`. */
export { assignHues } from "../model/colour.ts";
export { formatDuration } from "../model/format.ts";
export { type Row, readRows } from "../model/rows.ts";
export { button, el } from "./dom.ts";
export { createTree } from "./tree.ts";
export { copyButton } from "./values.ts";
