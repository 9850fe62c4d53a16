/** The playground's own measurement, besides the time per frame. */
import { compileNetwork } from "../../models/network.mjs";
import { WEIGHT_LIMIT } from "../../models/chosen-network.mjs";
import { CURVE_POINTS, CURVE_SEEDS } from "../../models/score-curve.mjs";
import { ScoreCurveClient } from "../../workers/score-curve-client.mjs";

const CURVE_ATTEMPTS = 5;

/** Best time of several for the score curve, including the start of its worker. @param {any} data */
export async function measureCurve(data) {
  const network = compileNetwork(data.network);
  let value = Infinity;
  for (let attempt = 0; attempt < CURVE_ATTEMPTS; attempt += 1) {
    const client = new ScoreCurveClient(WEIGHT_LIMIT);
    const begin = performance.now();
    await new Promise((resolve) => client.ask(network, null, (curve) => curve.isComplete && resolve(curve)));
    value = Math.min(value, (performance.now() - begin) / 1000);
    client.stop();
  }
  return [{ what: `score curve, ${CURVE_POINTS} weights x ${CURVE_SEEDS} seeds`, value, limit: 0.5, unit: "s" }];
}
