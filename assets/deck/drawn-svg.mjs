/** Changes that every drawing of the build needs, so that several drawings can be in one page. */
import { createHash } from "node:crypto";

import { replaceColours } from "./chart-option.mjs";

/** @param {string} svg  @returns {string} with the theme's colours instead of the placeholders */
export function themed(svg) {
  return replaceColours(svg, (property) => `var(${property})`);
}

/** @param {string} text  @returns {string} makes the ids of a drawing unique */
export function shortHash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
