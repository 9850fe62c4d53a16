/**
 * Convert a JSON chart option for ECharts, in the same way at build (Node, static SVG) and in the browser.
 *
 * JSON has no functions and no theme, so an option uses names: `"renderItem": "errorBar"` means a drawing function of
 * bar-marks.mjs, and a colour of chart-theme.json means a CSS custom property of the deck's theme.
 */
import themeColours from "./chart-theme.json" with { type: "json" };
import { barMark } from "./bar-marks.mjs";

/** @typedef {Record<string, any>} ChartOption  an ECharts option as parsed from JSON */

/** The placeholder colours by the name of the custom property without its dashes: `SENTINEL["chart-text"]`. */
export const SENTINEL = Object.fromEntries(Object.entries(themeColours).map(([hex, name]) => [name.slice(2), hex]));

const SENTINEL_PATTERN = new RegExp(Object.keys(themeColours).join("|"), "gi");

/** Fonts with the same widths at build and in the browser, as far as the installed fonts allow. */
export const CHART_FONT =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Inter, Roboto, 'Adwaita Sans', 'Noto Sans', Ubuntu, 'Liberation Sans', Arial, sans-serif";

/**
 * Replaces each placeholder colour in a text.
 *
 * @param {string} text
 * @param {(property: string) => string} colourOf  from a custom property such as `--chart-1` to a CSS colour
 */
export function replaceColours(text, colourOf) {
  return text.replace(SENTINEL_PATTERN, (hex) => {
    const property = /** @type {Record<string, string>} */ (themeColours)[hex.toLowerCase()];
    return colourOf(property);
  });
}

/**
 * A copy of an option with each placeholder colour replaced in all strings.
 *
 * @template T
 * @param {T} option
 * @param {(property: string) => string} colourOf
 * @returns {T}
 */
export function withColours(option, colourOf) {
  if (typeof option === "string") return /** @type {any} */ (replaceColours(option, colourOf));
  if (Array.isArray(option)) return /** @type {any} */ (option.map((item) => withColours(item, colourOf)));
  if (option === null || typeof option !== "object") return option;
  const copied = Object.entries(option).map(([key, value]) => [key, withColours(value, colourOf)]);
  return /** @type {any} */ (Object.fromEntries(copied));
}

/**
 * The option with functions instead of their names, and with the settings of all charts of a deck.
 *
 * @param {ChartOption} option
 * @param {{animation: boolean, width: number}} settings  width: width of the chart, in pixels
 * @returns {ChartOption}
 */
export function reviveOption(option, { animation, width }) {
  // Marks are in front of the bars (z 2).
  const series = asList(option.series).map((one) =>
    one.type === "custom" && typeof one.renderItem === "string"
      ? { z: 3, ...one, renderItem: barMark(one.renderItem, one, option) }
      : one,
  );
  return {
    aria: { enabled: true, decal: { show: asList(option.series).some((one) => one.type === "bar") } },
    ...option,
    series,
    ...(option.xAxis === undefined ? {} : { xAxis: withWholeLabels(option.xAxis, width) }),
    animation: animation && option.animation !== false,
  };
}

/**
 * The deck's ECharts theme, in placeholder colours.
 *
 * @returns {Record<string, any>}
 */
export function chartTheme() {
  const [text, muted, grid, surface] = ["chart-text", "chart-muted", "chart-grid", "chart-surface"].map(
    (name) => SENTINEL[name],
  );
  const axis = {
    axisLine: { lineStyle: { color: muted } },
    axisTick: { lineStyle: { color: muted } },
    axisLabel: { color: text, fontSize: 20 },
    nameTextStyle: { color: muted, fontSize: 20 },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    color: [1, 2, 3, 4, 5, 6].map((n) => SENTINEL[`chart-${n}`]),
    backgroundColor: "transparent",
    textStyle: { color: text, fontFamily: CHART_FONT, fontSize: 20 },
    title: { textStyle: { color: text, fontSize: 26, fontWeight: 650 }, subtextStyle: { color: muted, fontSize: 19 } },
    legend: { textStyle: { color: text, fontSize: 21 }, inactiveColor: grid, itemWidth: 30, itemHeight: 18 },
    tooltip: {
      confine: true,
      backgroundColor: surface,
      borderColor: grid,
      textStyle: { color: text, fontSize: 19 },
    },
    label: { color: text },
    line: { lineStyle: { width: 3 }, symbol: "circle", symbolSize: 8 },
    graph: { label: { color: text }, lineStyle: { color: muted } },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    logAxis: axis,
  };
}

/** Up to this number of categories, each gets a label; of more categories, ECharts labels as many as fit. */
const MAX_LABELLED = 12;
const AXIS_MARGIN_PX = 110;

/**
 * Every category of a short axis keeps its name, on several lines if needed, because a bar without a name means nothing.
 *
 * @param {any} axes
 * @param {number} width
 * @returns {any}
 */
function withWholeLabels(axes, width) {
  if (Array.isArray(axes)) return axes.map((axis) => withWholeLabels(axis, width));
  const own = axes?.axisLabel ?? {};
  const count = axes?.type === "category" && Array.isArray(axes.data) ? axes.data.length : 0;
  if (count === 0 || count > MAX_LABELLED || own.rotate || own.interval !== undefined) return axes;
  const room = Math.max(Math.floor((width - AXIS_MARGIN_PX) / count) - 8, 40);
  return { ...axes, axisLabel: { interval: 0, width: room, overflow: "break", ...own } };
}

/**
 * @param {any} value  one thing, a list of things, or nothing
 * @returns {ChartOption[]}
 */
function asList(value) {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
