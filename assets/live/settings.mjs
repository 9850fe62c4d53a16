/** A demo's settings: the defaults of its `demo.json`, and what the address of its own page may say. */

/** @typedef {import("./hooks.mjs").Setting} Setting */

/** Short names in addresses. @type {Record<string, string>} */
const SHORT = { w: "weight" };

/**
 * The given settings, and the defaults of all others that have one.
 *
 * @param {Record<string, any>} said
 * @param {Record<string, Setting>} known  by name
 */
export function withDefaults(said, known) {
  const defaults = Object.entries(known).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]]));
  return { ...Object.fromEntries(defaults), ...said };
}

/**
 * The settings of an address, which override those of the page. An address may be mistyped, so settings that a fence would refuse
 * are ignored.
 *
 * @param {string} query
 * @param {Record<string, any>} said  by the page
 * @param {Record<string, Setting>} known  by name
 */
export function settingsOf(query, said, known) {
  const settings = { ...said };
  for (const [short, text] of new URLSearchParams(query)) {
    const name = SHORT[short] ?? short;
    const value = Object.hasOwn(known, name) ? valueOf(text.trim(), known[name]) : undefined;
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** @param {string} text @param {Setting} setting @returns {number | boolean | undefined}  undefined if it does not fit */
function valueOf(text, { type, min = -Infinity, max = Infinity }) {
  if (type === "flag") return text === "true" || (text === "false" ? false : undefined);
  if (type !== "number" && type !== "integer") return undefined;
  const number = Number(text);
  return text !== "" && number >= min && number <= max && (Number.isInteger(number) || type === "number") ? number : undefined;
}

/**
 * The address's query for a state, without options that are off or are not settings.
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
