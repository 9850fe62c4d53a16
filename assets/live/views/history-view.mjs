/** A run so far: the champion's mean return, and the best and the median of each generation. */
import { Plot } from "./plot.mjs";

const FIRST_GENERATIONS = 20;

/**
 * @typedef {object} Line
 * @property {"champion" | "best" | "median"} of
 * @property {string} colour  a custom property
 * @property {number} width
 * @property {number} alpha
 */

/** The last one is in front. @type {readonly Line[]} */
const LINES = [
  { of: "median", colour: "--chart-muted", width: 2, alpha: 1 },
  { of: "best", colour: "--chart-2", width: 1.5, alpha: 0.7 },
  { of: "champion", colour: "--chart-1", width: 3.5, alpha: 1 },
];

export class HistoryView {
  /**
   * @param {HTMLElement} host
   * @param {import("../hooks.mjs").Hooks} hooks
   */
  constructor(host, hooks) {
    this.plot = new Plot(host, hooks, "generation", () => this.#redraw());
    /** By generation, the first at 0. @type {Record<Line["of"], number[]>} */
    this.series = { champion: [], best: [], median: [] };
    this.reset();
  }

  reset() {
    this.series = { champion: [], best: [], median: [] };
    this.plot.reset(FIRST_GENERATIONS);
    this.#redraw();
  }

  /** @param {import("../models/evolution/evolution.mjs").Report} report */
  add(report) {
    const { series, plot } = this;
    series.champion.push(report.champion.mean);
    series.best.push(report.bestMean);
    series.median.push(report.medianMean);
    if (series.best.length > plot.mostAcross) plot.mostAcross = Math.ceil(series.best.length * 1.5);
    plot.fit(series.best.length, Math.max(report.bestMean, report.champion.mean));
  }

  /** Draw what was added. */
  draw() {
    this.#redraw();
  }

  destroy() {
    this.plot.destroy();
  }

  #redraw() {
    const { plot, series } = this;
    const context = plot.begin();
    if (context === null || series.best.length === 0) return;
    context.lineJoin = "round";
    for (const { of, colour, width, alpha } of LINES) {
      context.strokeStyle = plot.surface.colour(colour);
      context.lineWidth = width;
      context.globalAlpha = alpha;
      context.beginPath();
      series[of].forEach((score, k) => context.lineTo(plot.x(k + 1), plot.y(score)));
      context.stroke();
    }
    context.globalAlpha = 1;
    const last = series.champion.length;
    context.fillStyle = plot.surface.colour("--chart-1");
    context.beginPath();
    context.arc(plot.x(last), plot.y(series.champion[last - 1]), 5, 0, 2 * Math.PI);
    context.fill();
  }
}
