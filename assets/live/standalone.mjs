/**
 * A demo on a page of its own, `live/swing-up.html?w=-1.5&seed=3`: the address says what the demo is set to, and follows it, so
 * that it can be passed on. With `?benchmark` the page measures instead.
 */
import { runBenchmark } from "./benchmark.mjs";
import { queryOf, settingsOf } from "./settings.mjs";

/** @typedef {import("./hooks.mjs").Entry} Entry */
/** @typedef {(place: HTMLElement, settings: Record<string, any>, data: Record<string, any>, hooks: import("./hooks.mjs").Hooks) => import("./hooks.mjs").Demo} Mount */

const BENCHMARK = "benchmark";

/**
 * @param {HTMLElement} main  of the page, with the demo's place in it
 * @param {Mount} mount
 * @param {Record<string, Entry>} demos
 */
export function showAlone(main, mount, demos) {
  const place = /** @type {HTMLElement} */ (main.querySelector("[data-demo]"));
  const data = JSON.parse(document.getElementById("live-data")?.textContent || "{}");
  const { spec, code } = demos[place.dataset.demo ?? ""];
  const settings = settingsOf(location.search, JSON.parse(place.dataset.settings || "{}"), spec.settings);
  const source = main.querySelector(".live-explained");
  const hooks = hooksOf((state) => {
    try {
      history.replaceState(null, "", queryOf(state));
    } catch {
      // Some browsers do not allow a new address for a page opened from disk; then the address is not updated.
    }
  }, (text) => {
    if (source && source.textContent !== text) source.textContent = text;
  });
  if (new URLSearchParams(location.search).has(BENCHMARK)) {
    runBenchmark(main, place, code, () => mount(place, {}, data, { ...hooks, share: () => {} }), spec.task === null ? undefined : data[spec.task]);
    return;
  }
  const demo = mount(place, settings, data, hooks);
  const settle = () => (document.hidden ? demo.stop() : demo.start());
  document.addEventListener("visibilitychange", settle);
  addEventListener("pagehide", () => demo.stop());
  addEventListener("pageshow", settle);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (demo.press?.(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
  });
  settle();
}

/**
 * @param {import("./hooks.mjs").Hooks["share"]} share
 * @param {import("./hooks.mjs").Hooks["explain"]} explain
 * @returns {import("./hooks.mjs").Hooks}
 */
function hooksOf(share, explain) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const probe = document.body.appendChild(document.createElement("span"));
  probe.hidden = true;
  return {
    colourOf: (property) => {
      probe.style.color = `var(${property})`;
      return getComputedStyle(probe).color;
    },
    onThemeChange: (listener) => {
      dark.addEventListener("change", listener);
      return () => dark.removeEventListener("change", listener);
    },
    reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
    scale: () => 1,
    share,
    explain,
  };
}
