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

/** What the fence allows a setting: a number within limits, or on and off. @typedef {{least: number, most: number, whole: boolean} | "switch"} Rule */

/**
 * The settings of an address over those of the page. Whoever passes an address on may have mistyped it: what the fence would
 * refuse is left out.
 *
 * @param {string} query
 * @param {Record<string, any>} defaults
 * @param {Record<string, Rule>} rules  by setting
 */
export function settingsOf(query, defaults, rules) {
  const settings = { ...defaults };
  for (const [short, text] of new URLSearchParams(query)) {
    const name = SHORT[short] ?? short;
    const value = Object.hasOwn(rules, name) ? valueOf(text.trim(), rules[name]) : undefined;
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** @param {string} text @param {Rule} rule @returns {number | boolean | undefined}  undefined where it does not fit */
function valueOf(text, rule) {
  if (rule === "switch") return text === "true" || (text === "false" ? false : undefined);
  const number = Number(text);
  const fits = text !== "" && number >= rule.least && number <= rule.most && (Number.isInteger(number) || !rule.whole);
  return fits ? number : undefined;
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
  const settings = settingsOf(location.search, JSON.parse(place.dataset.settings || "{}"), JSON.parse(place.dataset.rules || "{}"));
  const hooks = hooksOf((state) => {
    try {
      history.replaceState(null, "", queryOf(state));
    } catch {
      // Some browsers keep the address of a page opened from disk; then it is only not updated.
    }
  });
  if (new URLSearchParams(location.search).has(BENCHMARK)) {
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
