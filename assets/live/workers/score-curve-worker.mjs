/** Computes the score curve of one network at a time, in pieces; a new question ends the old one. */
import { ScoreCurve, coarseFirst, curveWeights } from "../models/score-curve.mjs";

/**
 * @typedef {object} CurveQuestion
 * @property {number} id
 * @property {import("../models/network.mjs").Network} network
 * @property {number} limit  the curve reaches from minus this to this
 * @property {Float64Array | null} individual  weights whose mean score is asked for, too
 */

/**
 * @typedef {object} CurveAnswer
 * @property {number} id
 * @property {[index: number, mean: number][]} points
 * @property {number} [individual]
 * @property {boolean} isLast
 */

const PIECE = 8;
const curve = new ScoreCurve();
let latest = -1;

/** @type {any} */
const self_ = self;
self_.onmessage = async (/** @type {MessageEvent<CurveQuestion>} */ { data: question }) => {
  latest = question.id;
  const weights = curveWeights(question.limit);
  const order = coarseFirst();
  for (let first = 0; first < order.length; first += PIECE) {
    const indices = order.slice(first, first + PIECE);
    const means = curve.means(question.network, indices.map((i) => weights[i]));
    /** @type {CurveAnswer} */
    const answer = { id: question.id, points: indices.map((i, k) => [i, means[k]]), isLast: first + PIECE >= order.length };
    if (answer.isLast && question.individual) answer.individual = curve.meanOfIndividual(question.network, question.individual);
    self_.postMessage(answer);
    await new Promise((resolve) => setTimeout(resolve)); // a newer question is received here
    if (latest !== question.id) return;
  }
};
