/** Asks the worker for the mean score over many grounds; the worker lives only while its demo is seen. */
import { workerFromText } from "./from-text.mjs";
import source from "./walk-mean-worker.mjs?worker";

export class WalkMeanClient {
  /** @param {import("../models/walker.mjs").Ground[]} grounds */
  constructor(grounds) {
    this.grounds = grounds;
    /** @type {Worker | null} */
    this.worker = null;
    this.id = 0;
    /** @type {(() => void) | null} */
    this.unfinished = null;
  }

  /**
   * @param {import("../models/network.mjs").Network} network
   * @param {number | Float64Array} weights
   * @param {(scores: number[]) => void} listener  told after each walk
   */
  ask(network, weights, listener) {
    this.unfinished = () => this.ask(network, weights, listener);
    this.worker ??= workerFromText(source, "walks");
    this.id += 1;
    const { id } = this;
    /** @type {number[]} */
    const scores = [];
    this.worker.onmessage = ({ data: answer }) => {
      if (answer.id !== this.id) return;
      scores.push(answer.score);
      if (scores.length === this.grounds.length) this.unfinished = null;
      listener(scores);
    };
    this.worker.postMessage({ id, network, weights, grounds: this.grounds });
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
