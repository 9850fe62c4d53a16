/**
 * Live charts: each takes the place of its static drawing when its slide is first seen.
 *
 * A chart that is made on a hidden slide would stay 100 px wide. Print, the speaker window and pages without scripts keep the
 * drawing of the build.
 */
import { chartTheme, reviveOption, withColours } from "./chart-option.mjs";
import { echarts } from "./echarts-parts.mjs";

/** @typedef {{figure: HTMLElement, canvas: HTMLElement, chart: import("echarts/core").EChartsType}} LiveChart */

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @param {import("./theme.mjs").Theme} theme
 */
export function hostCharts(reveal, view, theme) {
  if (view.isStill) return;
  /** @type {Map<Element, LiveChart>} */
  const live = new Map();

  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const shown = live.get(target);
      if (shown && target.clientWidth > 0 && target.clientHeight > 0) shown.chart.resize();
    }
  });

  /** @param {Element | null | undefined} slide */
  const showChartsOf = (slide) => {
    for (const figure of slide?.querySelectorAll("figure.chart[data-chart]") ?? []) {
      if (live.has(figure) || figure.clientWidth === 0) continue;
      const made = makeChart(/** @type {HTMLElement} */ (figure), theme, !view.reducesMotion());
      if (made === null) continue;
      live.set(figure, made);
      observer.observe(figure);
    }
  };

  const showCurrent = () => showChartsOf(reveal.getCurrentSlide());
  for (const event of ["ready", "slidechanged", "overviewhidden", "fragmentshown"]) reveal.on(event, showCurrent);

  theme.onChange(() => {
    for (const [figure, { chart, canvas }] of live) {
      chart.dispose();
      canvas.remove();
      live.delete(figure);
      figure.classList.remove("is-live");
      observer.unobserve(figure);
    }
    showCurrent();
  });
}

/**
 * @param {HTMLElement} figure
 * @param {import("./theme.mjs").Theme} theme
 * @param {boolean} animation
 * @returns {LiveChart | null}  null if the page has no option for the figure
 */
function makeChart(figure, theme, animation) {
  const written = document.getElementById(`chart-${figure.dataset.chart}`)?.textContent;
  const still = figure.querySelector(".chart-static");
  if (!written || !(still instanceof HTMLElement) || still.clientHeight === 0) return null;
  const canvas = document.createElement("div");
  canvas.className = "chart-live";
  // The chart covers the drawing, which stays in place: the slide does not move by a pixel, and print still has the drawing.
  still.append(canvas);
  const chart = echarts.init(canvas, withColours(chartTheme(), theme.colourOf), { renderer: "svg" });
  chart.setOption(withColours(reviveOption(JSON.parse(written), { animation, width: figure.clientWidth }), theme.colourOf));
  // The figure itself is the image, with a text alternative; screen readers must not read its content as well.
  canvas.querySelector("svg")?.setAttribute("aria-hidden", "true");
  canvas.removeAttribute("role");
  canvas.removeAttribute("aria-label");
  figure.classList.add("is-live");
  return { figure, canvas, chart };
}
