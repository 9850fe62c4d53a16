/**
 * A demo on a page of its own, `live/swing-up.html?w=-1.5&seed=3`: the address says what the demo is set to, and follows it, so
 * that it can be passed on. With `?benchmark` the page measures instead.
 */
import { runBenchmark } from "./benchmark.mjs";

/** @typedef {import("./hooks.mjs").Entry} Entry */
/** @typedef {(place: HTMLElement, settings: Record<string, any>, data: Record<string, any>, hooks: import("./hooks.mjs").Hooks) => import("./hooks.mjs").Demo} Mount */

/** Short names in addresses. @type {Record<string, string>} */
const SHORT = { w: "weight" };
const BENCHMARK = "benchmark";

/**
 * The settings of an address over those of the page: numbers, `true` and `false` as such.
 *
 * @param {string} query
 * @param {Record<string, any>} defaults
 */
export function settingsOf(query, defaults) {
  const settings = { ...defaults };
  for (const [name, text] of new URLSearchParams(query)) {
    const number = Number(text);
    settings[SHORT[name] ?? name] = text === "true" ? true : text === "false" ? false : text !== "" && Number.isFinite(number) ? number : text;
  }
  return settings;
}

/**
 * The address's query for a state; what is off or no setting is left out.
 *
 * @param {Record<string, number | string | boolean>} state
 */
export function queryOf(state) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (value === false || name.includes(" ")) continue;
    query.set(Object.keys(SHORT).find((short) => SHORT[short] === name) ?? name, String(value));
  }
  return `?${query}`;
}

/**
 * @param {HTMLElement} main  of the page, with the demo's place in it
 * @param {Mount} mount
 * @param {Record<string, Entry>} registry
 */
export function showAlone(main, mount, registry) {
  const place = /** @type {HTMLElement} */ (main.querySelector("[data-demo]"));
  const data = JSON.parse(document.getElementById("live-data")?.textContent || "{}");
  const settings = settingsOf(location.search, JSON.parse(place.dataset.settings || "{}"));
  const hooks = hooksOf((state) => {
    try {
      history.replaceState(null, "", queryOf(state));
    } catch {
      // Some browsers keep the address of a page opened from disk; then it is only not updated.
    }
  });
  if (BENCHMARK in settings) {
    const entry = registry[place.dataset.demo ?? ""];
    runBenchmark(main, place, entry, () => mount(place, {}, data, { ...hooks, share: () => {} }), data[entry.task]);
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

/** @param {import("./hooks.mjs").Hooks["share"]} share @returns {import("./hooks.mjs").Hooks} */
function hooksOf(share) {
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
  };
}
