/** Asks the worker for score curves; the worker lives only while its demo is seen. */
import { CURVE_POINTS } from "../models/score-curve.mjs";
import { workerFromText } from "./from-text.mjs";
import source from "./score-curve-worker.mjs?worker";

/** @typedef {import("../models/network.mjs").Network} Network */
/** @typedef {{means: Float64Array, individual: number | null, isComplete: boolean}} Curve  means are NaN if not known yet */

export class ScoreCurveClient {
  /** @param {number} limit */
  constructor(limit) {
    this.limit = limit;
    /** @type {Worker | null} */
    this.worker = null;
    this.id = 0;
    /** Questions that the worker has not finished, the newest last. @type {(() => void) | null} */
    this.unfinished = null;
  }

  /**
   * @param {Network} network
   * @param {Float64Array | null} individual
   * @param {(curve: Curve) => void} listener  called when more of the curve is known
   */
  ask(network, individual, listener) {
    this.unfinished = () => this.ask(network, individual, listener);
    this.worker ??= workerFromText(source, "score curve");
    this.id += 1;
    const { id } = this;
    /** @type {Curve} */
    const curve = { means: new Float64Array(CURVE_POINTS).fill(NaN), individual: null, isComplete: false };
    this.worker.onmessage = (/** @type {MessageEvent<import("./score-curve-worker.mjs").CurveAnswer>} */ { data: answer }) => {
      if (answer.id !== this.id) return;
      for (const [index, mean] of answer.points) curve.means[index] = mean;
      curve.individual = answer.individual ?? null;
      curve.isComplete = answer.isLast;
      if (answer.isLast) this.unfinished = null;
      listener(curve);
    };
    this.worker.postMessage({ id, network, limit: this.limit, individual });
  }

  /** Its slide is seen: what was not finished is asked again. */
  start() {
    if (this.worker === null) this.unfinished?.();
  }

  /** Its slide is left: the worker ends. */
  stop() {
    this.worker?.terminate();
    this.worker = null;
  }
}
