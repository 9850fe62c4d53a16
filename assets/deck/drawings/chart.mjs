/** A chart as SVG that needs no script: `{"kind": "chart", "option", "width", "height"}`. */
import { CHART_FONT, chartTheme, reviveOption } from "../chart-option.mjs";
import { echarts } from "../echarts-parts.mjs";
import { shortHash, themed } from "../drawn-svg.mjs";

/** Its name in messages to authors. */
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
    chart.dispose(); // otherwise the chart's timer would keep Node running
  }
}

/**
 * ECharts reports problems of an option only on the console.
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
 * Removes what only a live chart needs: hooks for its scripts, hover styles, and the font, which the slide has already.
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
 * Makes ids unique: ECharts counts ids from 0 in each process, and one page can have drawings of several builds.
 *
 * @param {string} svg
 * @param {string} identity
 */
function withOwnIds(svg, identity) {
  return svg.replace(/\bzr\d+-/g, `c${shortHash(identity)}-`);
}
