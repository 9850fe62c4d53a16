/**
 * Marks on the bars of a grouped bar chart: whiskers for deviations and diamonds for values to compare with.
 *
 * ECharts cannot draw them on a grouped bar. A `custom` series names one of these in `renderItem`; its data rows are
 * `[category, low, high]` for "errorBar" and `[category, value]` for "barMarker". The bar of the group is given by another number
 * in the row (0 = first bar), or by a bar series with the name of the custom series, or else by the order of the custom series.
 */
/** @typedef {Record<string, any>} ChartOption */

const WHISKER_WIDTH_PX = 2.5;

/** How many numbers of a row give the position; another number gives the bar. */
const ROW_LENGTH = { errorBar: 3, barMarker: 2 };

/**
 * The drawing function with a name.
 *
 * @param {string} name
 * @param {ChartOption} series  the custom series that names it
 * @param {ChartOption} option  the whole chart, for its bars
 * @returns {(params: any, api: any) => any}
 * @throws {Error} if the name is unknown
 */
export function barMark(name, series, option) {
  if (name !== "errorBar" && name !== "barMarker") {
    throw new Error(`renderItem "${name}" is unknown; there are: errorBar, barMarker`);
  }
  const all = Array.isArray(option.series) ? option.series : [option.series];
  const bars = all.filter((one) => one.type === "bar");
  const sameMarks = all.filter((one) => one.type === "custom" && one.renderItem === name);
  const byName = bars.findIndex((one) => one.name !== undefined && one.name === series.name);
  const ownBar = byName >= 0 ? byName : Math.max(sameMarks.indexOf(series), 0);
  const layout = barLayout(bars);
  const isHorizontal = axisType(option.yAxis) === "category" && axisType(option.xAxis) !== "category";
  const rowLength = ROW_LENGTH[name];

  return (params, api) => {
    const inRow = api.value(rowLength);
    const bar = Number.isInteger(inRow) ? inRow : ownBar;
    const place = bars.length > 0 ? api.barLayout(layout)[Math.min(bar, bars.length - 1)] : { offsetCenter: 0, width: 24 };
    const category = api.value(0);
    /** @param {number} value */
    const at = (value) => {
      const [x, y] = api.coord(isHorizontal ? [value, category] : [category, value]);
      return isHorizontal ? [x, y + place.offsetCenter] : [x + place.offsetCenter, y];
    };
    const values = Array.from({ length: rowLength - 1 }, (_, k) => api.value(k + 1));
    if (values.some((value) => !Number.isFinite(value))) return undefined;
    const colour = api.visual("color");
    return name === "errorBar"
      ? whisker(at(values[0]), at(values[1]), Math.min(place.width / 4, 10), isHorizontal, colour)
      : diamond(at(values[0]), Math.max(Math.min(place.width / 5, 10), 6), colour);
  };
}

/**
 * The bars' own settings, with which ECharts puts a mark on its bar.
 *
 * @param {ChartOption[]} bars
 */
function barLayout(bars) {
  const keys = ["barWidth", "barMaxWidth", "barMinWidth", "barGap", "barCategoryGap"];
  /** @type {ChartOption} */
  const layout = { count: Math.max(bars.length, 1) };
  for (const key of keys) {
    // The last bar series that sets one of these decides for the whole group.
    const value = bars.map((one) => one[key]).findLast((one) => one !== undefined && one !== null);
    if (value !== undefined) layout[key] = value;
  }
  return layout;
}

/**
 * @param {number[]} low
 * @param {number[]} high
 * @param {number} cap  half the width of the end strokes, in pixels
 * @param {boolean} isHorizontal
 * @param {string} colour
 */
function whisker(low, high, cap, isHorizontal, colour) {
  const [dx, dy] = isHorizontal ? [0, cap] : [cap, 0];
  /** @param {number[]} from @param {number[]} to */
  const line = (from, to) => ({
    type: "line",
    shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
    style: { stroke: colour, lineWidth: WHISKER_WIDTH_PX, fill: null },
  });
  return {
    type: "group",
    children: [
      line(low, high),
      line([low[0] - dx, low[1] - dy], [low[0] + dx, low[1] + dy]),
      line([high[0] - dx, high[1] - dy], [high[0] + dx, high[1] + dy]),
    ],
  };
}

/**
 * @param {number[]} centre
 * @param {number} radius
 * @param {string} colour
 */
function diamond([x, y], radius, colour) {
  return {
    type: "polygon",
    shape: { points: [[x, y - radius], [x + radius, y], [x, y + radius], [x - radius, y]] },
    style: { fill: colour, stroke: "#ffffff", lineWidth: 2 },
  };
}

/** @param {any} axis  @returns {string | undefined} */
function axisType(axis) {
  return (Array.isArray(axis) ? axis[0] : axis)?.type;
}
