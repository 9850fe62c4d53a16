/** Measurements of the evolution's page: elapsed time of the worker from a cold start. */
import { BENCHMARK, evolutionSettings } from "../../models/evolution/evolution.mjs";
import { EvolutionClient } from "../../workers/evolution-client.mjs";

/** @returns {Promise<import("../../benchmark.mjs").Measurement[]>} */
export function measureEvolution() {
  const { generations, level, levelWithinS, stepsPerS } = BENCHMARK;
  const began = performance.now();
  let passedS = Infinity;
  return new Promise((resolve) => {
    const client = new EvolutionClient(evolutionSettings({}), (report) => {
      const seconds = (performance.now() - began) / 1000;
      if (report.champion.mean > level) passedS = Math.min(passedS, seconds);
      if (report.generation < generations || (passedS === Infinity && seconds < levelWithinS)) return;
      const rate = report.steps / client.workedS;
      client.destroy();
      resolve([
        { what: `champion's mean passes ${level}, from a cold start`, value: passedS, limit: levelWithinS, unit: "s" },
        { what: `steps in the first ${report.generation} generations`, value: rate / 1e6, limit: stepsPerS / 1e6, unit: "M/s", atLeast: true },
        { what: "generations", value: report.generation / client.workedS, limit: 1, unit: "1/s", atLeast: true },
      ]);
    });
    client.start();
  });
}
