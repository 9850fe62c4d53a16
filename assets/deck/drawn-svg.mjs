/** What every drawing of the build needs, so that it can stand in a page beside others. */
import { createHash } from "node:crypto";

import { replaceColours } from "./chart-option.mjs";

/** @param {string} svg  @returns {string} with the theme's colours in place of the stand-ins */
export function themed(svg) {
  return replaceColours(svg, (property) => `var(${property})`);
}

/** @param {string} text  @returns {string} what tells the ids of one drawing from those of another */
export function shortHash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
