/** A generation: a dot per network, connections against mean return, and the front: networks for which no other network is both smaller and better. */
import { Plot } from "./plot.mjs";

const FIRST_CONNECTIONS = 12;
const DOT = 4.5;
/** How far a dot stands beside its whole number of connections, so that equal sizes do not hide each other. */
const SPREAD = 0.3;

/** @typedef {import("../models/evolution/evolution.mjs").Report} Report */

export class ScatterView {
  /**
   * @param {HTMLElement} host
   * @param {import("../hooks.mjs").Hooks} hooks
   */
  constructor(host, hooks) {
    this.plot = new Plot(host, hooks, "connections", () => this.#redraw());
    /** @type {Report | null} */
    this.report = null;
    this.reset();
  }

  reset() {
    this.report = null;
    this.plot.reset(FIRST_CONNECTIONS);
    this.#redraw();
  }

  /** @param {Report} report */
  draw(report) {
    this.report = report;
    this.plot.fit(Math.max(...report.sizes), report.bestMean);
    this.#redraw();
  }

  destroy() {
    this.plot.destroy();
  }

  #redraw() {
    const { plot, report } = this;
    const context = plot.begin();
    if (context === null || report === null) return;
    this.#drawFront(context, report);
    const [plain, front] = [plot.surface.colour("--chart-muted"), plot.surface.colour("--chart-2")];
    const members = Array.from(report.means.keys()).sort((a, b) => report.isFront[a] - report.isFront[b]);
    for (const member of members) {
      const isFront = report.isFront[member] === 1;
      context.fillStyle = isFront ? front : plain;
      context.globalAlpha = isFront ? 1 : 0.45;
      context.beginPath();
      // Those of the front stand exactly on its corners.
      const aside = isFront ? 0 : SPREAD * spreadOf(member);
      context.arc(plot.x(report.sizes[member] + aside), plot.y(report.means[member]), isFront ? DOT + 1 : DOT, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** The front as stairs: the best return for each number of connections. @param {CanvasRenderingContext2D} context @param {Report} report */
  #drawFront(context, { isFront, sizes, means }) {
    const { plot } = this;
    const front = Array.from(isFront.keys()).filter((member) => isFront[member] === 1);
    front.sort((a, b) => sizes[a] - sizes[b] || means[a] - means[b]);
    context.strokeStyle = plot.surface.colour("--chart-2");
    context.lineWidth = 2;
    context.beginPath();
    let best = 0;
    for (const member of front) {
      context.lineTo(plot.x(sizes[member]), plot.y(best));
      best = means[member];
      context.lineTo(plot.x(sizes[member]), plot.y(best));
    }
    if (front.length > 0) context.lineTo(plot.x(plot.mostAcross), plot.y(best));
    context.stroke();
  }
}

/** Evenly spread over [-1, 1], the same for a member in each picture. @param {number} member */
function spreadOf(member) {
  return 2 * ((member * 0.618034) % 1) - 1;
}
