/**
 * How fast the page's search is: `node assets/live/evolution-benchmark.mjs [SEEDS]` runs it from a cold start for each of the
 * seeds 1 to SEEDS (10), with the default settings, and prints the requirements of the demo beside the results.
 *
 * Seconds are CPU time, so other programs on the machine count less. The page's own benchmark (`?benchmark`) measures elapsed time
 * of the worker in the browser.
 */
import process from "node:process";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

import { BENCHMARK, Evolution, evolutionSettings } from "./models/evolution/evolution.mjs";
import { Rollouts } from "./models/rollout.mjs";

/**
 * @typedef {object} SeedResult
 * @property {number} seed
 * @property {number | null} passedS  seconds until the champion's mean passed the level
 * @property {number} passedGeneration
 * @property {number} stepsPerS  over the first generations
 * @property {number} connections  of the champion after these
 * @property {number} mean
 */

/** @typedef {{seed: number, isPlain: boolean}} Question  plain: JavaScript only, no WebAssembly */

/** @param {Question} question @returns {SeedResult} */
function measure({ seed, isPlain }) {
  const evolution = new Evolution(evolutionSettings({ seed }), isPlain ? (nLanes) => new Rollouts(nLanes) : undefined);
  const began = process.cpuUsage();
  const seconds = () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  let passedS = null;
  let passedGeneration = 0;
  let stepsPerS = 0;
  let report = evolution.advance();
  for (; ; report = evolution.advance()) {
    if (passedS === null && report.champion.mean > BENCHMARK.level) {
      passedS = seconds();
      passedGeneration = report.generation;
    }
    if (report.generation === BENCHMARK.generations) stepsPerS = report.steps / seconds();
    const isEnough = report.generation >= BENCHMARK.generations && (passedS !== null || seconds() > BENCHMARK.levelWithinS);
    if (isEnough) break;
  }
  const { mean, network } = report.champion;
  return { seed, passedS, passedGeneration, stepsPerS, connections: network.sources.length, mean };
}

/** Run a seed in its own thread, so that it does not use code that an earlier seed has warmed up. @param {Question} question @returns {Promise<SeedResult>} */
function measureCold(question) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: question });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

async function main() {
  const nSeeds = Number(process.argv[2] ?? 10);
  if (!Number.isInteger(nSeeds) || nSeeds < 1) {
    process.stderr.write(`SEEDS = ${process.argv[2]}: must be a whole number from 1 on\n`);
    process.exitCode = 2;
    return;
  }
  const { level, levelWithinS, stepsPerS: asked, generations } = BENCHMARK;
  const results = [];
  for (let seed = 1; seed <= nSeeds; seed += 1) {
    const result = await measureCold({ seed, isPlain: false });
    results.push(result);
    const passed = result.passedS === null ? "not passed" : `${result.passedS.toFixed(1)} s, generation ${result.passedGeneration}`;
    const after = `generation ${generations}: mean ${Math.round(result.mean)}, ${result.connections} connections`;
    process.stdout.write(`seed ${String(seed).padStart(2)}  mean ${level}: ${passed.padEnd(24)} ${(result.stepsPerS / 1e6).toFixed(1)} M steps/s  ${after}\n`);
  }
  const inTime = results.filter(({ passedS }) => passedS !== null && passedS <= levelWithinS).length;
  const rates = results.map((result) => result.stepsPerS).sort((a, b) => a - b);
  const median = rates[rates.length >> 1];
  process.stdout.write(`mean ${level} within ${levelWithinS} s: ${inTime} of ${nSeeds} seeds, at least 9 of 10 are asked for\n`);
  const plain = await measureCold({ seed: 1, isPlain: true });
  const gain = results[0].stepsPerS / plain.stepsPerS;
  process.stdout.write(`seed 1 in plain JavaScript: ${(plain.stepsPerS / 1e6).toFixed(1)} M steps/s; WebAssembly is ${gain.toFixed(1)} times as quick\n`);
  process.stdout.write(`steps/s in the first ${generations} generations: median ${(median / 1e6).toFixed(1)} M, at least ${asked / 1e6} M are asked for\n`);
}

if (isMainThread) await main();
else parentPort?.postMessage(measure(workerData));
