/** A diagram of Graphviz as SVG: `{"kind": "dot", "source"}`. */
import { instance } from "@viz-js/viz";

import { SENTINEL } from "../chart-option.mjs";
import { shortHash, themed } from "../drawn-svg.mjs";

/** @type {Promise<import("@viz-js/viz").Viz> | undefined} */
let graphviz;

/** Its name in messages to authors. */
export const called = "this diagram";

/** @param {import("../render.mjs").Job} job */
export async function draw({ source }) {
  const viz = await (graphviz ??= instance());
  const text = { fontname: "Helvetica", fontsize: 20, fontcolor: SENTINEL["chart-text"] };
  const drawn = viz.render(source, {
    format: "svg",
    graphAttributes: { bgcolor: "transparent", color: SENTINEL["chart-muted"], pad: 0.1, ...text },
    nodeAttributes: { color: SENTINEL["chart-1"], penwidth: 2, ...text },
    edgeAttributes: { color: SENTINEL["chart-muted"], penwidth: 2, ...text },
  });
  if (drawn.status !== "success") throw new Error(drawn.errors.map((error) => error.message.trim()).join("; "));
  // A diagram is inside a page, so it has no XML prologue, no document type, and the page's fonts.
  const svg = drawn.output.slice(drawn.output.indexOf("<svg")).replaceAll('font-family="Helvetica,sans-Serif"', 'font-family="inherit"');
  return { svg: themed(withPrefixedIds(svg, source)).trim() };
}

/** @param {string} svg  @param {string} identity */
function withPrefixedIds(svg, identity) {
  return svg.replace(/ id="/g, ` id="d${shortHash(identity)}-`);
}
