/** A chart as SVG that needs no script: `{"kind": "chart", "option", "width", "height"}`. */
import { CHART_FONT, chartTheme, reviveOption } from "../chart-option.mjs";
import { echarts } from "../echarts-parts.mjs";
import { shortHash, themed } from "../drawn-svg.mjs";

/** In a writer's words. */
export const called = "this chart";

/** @param {import("../render.mjs").Job} job */
export async function draw({ option, width, height }) {
  if (option === null || typeof option !== "object" || Array.isArray(option)) {
    throw new Error("an ECharts option must be a JSON object");
  }
  if (!(width > 0 && height > 0)) throw new Error(`a chart of ${width} x ${height} pixels cannot be drawn`);
  const chart = echarts.init(null, chartTheme(), { renderer: "svg", ssr: true, width, height });
  try {
    const complaints = complaintsOf(() => chart.setOption(reviveOption(option, { animation: false, width })));
    if (complaints.length > 0) throw new Error(complaints.join("; "));
    const svg = withOwnIds(chart.renderToSVGString(), JSON.stringify([option, width, height]));
    return { svg: themed(withoutDeadWeight(svg)) };
  } finally {
    chart.dispose(); // a chart that is left keeps a timer, and so Node, running for ever
  }
}

/**
 * ECharts says what is wrong with an option on the console only.
 *
 * @param {() => void} draw
 * @returns {string[]}
 */
function complaintsOf(draw) {
  /** @type {string[]} */
  const complaints = [];
  const originals = { error: console.error, warn: console.warn };
  console.error = (...parts) => complaints.push(parts.join(" "));
  console.warn = () => {};
  try {
    draw();
  } finally {
    Object.assign(console, originals);
  }
  return complaints;
}

/**
 * What only a chart's own page needs: hooks for its scripts and hover styles, and the font that the slide has anyway.
 *
 * @param {string} svg
 */
function withoutDeadWeight(svg) {
  return svg
    .replace(/ ecmeta_\w+="[^"]*"/g, "")
    .replaceAll(`font-family:${CHART_FONT};`, "")
    .replace(/<style[\s\S]*?<\/style>\s*/g, "")
    .replace(/ class="[\w-]*cls-\d+"/g, "");
}

/**
 * ECharts counts its ids from 0 in each process, and drawings of several builds meet on one page.
 *
 * @param {string} svg
 * @param {string} identity
 */
function withOwnIds(svg, identity) {
  return svg.replace(/\bzr\d+-/g, `c${shortHash(identity)}-`);
}
