/** What a run scored at each of the six weights of the search: which of them work, and which fail. */
import { SHARED_WEIGHTS } from "./chosen-network.mjs";

/**
 * @typedef {object} WeightResult
 * @property {number} weight
 * @property {number} mean  mean return of the scored episodes
 * @property {boolean} isFailure  the mean return is not above 0: falls and fuel cost more than the way that was made earns
 */

/**
 * @param {{by_weight?: {shared_weight: number, mean: number}[]} | undefined} scores  of the run
 * @returns {(WeightResult | null)[]}  one for each of `SHARED_WEIGHTS`, null if the run did not measure it
 */
export function resultsByWeight(scores) {
  return SHARED_WEIGHTS.map((weight) => {
    const row = scores?.by_weight?.find(({ shared_weight: measured }) => measured === weight);
    return row ? { weight, mean: row.mean, isFailure: row.mean <= 0 } : null;
  });
}
