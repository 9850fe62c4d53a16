/**
 * Measures a demo on its own page (`?benchmark`) and writes a table; `python -m wann_core.deck.quality.live_benchmark` opens the page and
 * prints it. Every demo is measured by the script's time per frame; a demo's `benchmark` adds its own measurements.
 */

/** @typedef {import("./hooks.mjs").Demo} Demo */
/** @typedef {{what: string, value: number, limit: number, unit: string, atLeast?: boolean}} Measurement */

/** Frames per measurement; the best of several measurements counts, because other programs may disturb one. */
const FRAMES = 120;
const WINDOWS = 3;
const WARM_UP = 60;
const FRAME_LIMIT_MS = 4;
const FRAME_MS = 1000 / 60;
const SHARE = 0.95;

/**
 * @param {HTMLElement} main
 * @param {HTMLElement} place
 * @param {import("./hooks.mjs").DemoCode} code
 * @param {() => Demo} mount
 * @param {any} data  of the demo's task
 */
export async function runBenchmark(main, place, code, mount, data) {
  const table = main.appendChild(document.createElement("pre"));
  table.className = "benchmark";
  table.textContent = "measuring ...";
  const times = await frameTimes(mount);
  place.replaceChildren();
  const windows = Array.from({ length: WINDOWS }, (_, i) => times.slice(i * FRAMES, (i + 1) * FRAMES).toSorted((a, b) => a - b));
  const value = Math.min(...windows.map((sorted) => sorted[Math.floor(SHARE * sorted.length)]));
  /** @type {Measurement[]} */
  const found = [
    { what: "script per frame, 95th percentile", value, limit: FRAME_LIMIT_MS, unit: "ms" },
    ...((await code.benchmark?.(data)) ?? []),
  ];
  table.textContent = found.map(lineOf).join("\n");
  Object.assign(window, { __benchmark: found });
}

/** @param {Measurement} measurement */
function lineOf({ what, value, limit, unit, atLeast = false }) {
  const holds = atLeast ? value >= limit : value <= limit;
  return `${what.padEnd(48)} ${value.toFixed(2).padStart(12)} ${unit.padEnd(8)} ${atLeast ? "at least" : "at most"} ${limit} ${holds ? "ok" : "MISSED"}`;
}

/**
 * The time that each frame's callbacks take, in ms. They receive times of 60 frames a second, at any real
 * speed: on a busy machine frames are late, and each would do the work of several frames.
 *
 * @param {() => Demo} mount
 * @returns {Promise<number[]>}
 */
function frameTimes(mount) {
  const original = window.requestAnimationFrame;
  /** @type {Map<number, number>} */
  const byFrame = new Map();
  window.requestAnimationFrame = (callback) =>
    original((now) => {
      const begin = performance.now();
      callback(((byFrame.has(now) ? 0 : 1) + byFrame.size) * FRAME_MS);
      byFrame.set(now, (byFrame.get(now) ?? 0) + performance.now() - begin);
    });
  const demo = mount();
  demo.start();
  return new Promise((resolve) => {
    const wait = () => {
      if (byFrame.size < WINDOWS * FRAMES + WARM_UP) {
        original(wait);
        return;
      }
      window.requestAnimationFrame = original;
      demo.stop();
      demo.destroy();
      resolve([...byFrame.values()].slice(WARM_UP));
    };
    original(wait);
  });
}
