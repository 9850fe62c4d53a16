/** The mark "measured" on slides with measured figures: it opens their provenance, with the command that makes them again. */

const KEY_I = 73;
/** The fields that are shown, in this order, with their names. */
const ROWS = [
  ["warning", "Warning"],
  ["what", "What"],
  ["now", "On screen now"],
  ["source", "Source"],
  ["run", "Run"],
  ["seed", "Seed"],
  ["date", "Date"],
  ["cost", "Cost"],
  ["command", "Run it again"],
];

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @returns {import("./escape-key.mjs").Layer | null}  Escape closes the panel of the mark
 */
export function addProvenanceMark(reveal, view) {
  const written = document.getElementById("provenance")?.textContent;
  const root = reveal.getRevealElement();
  if (view.isStill || !written || !root) return null;
  /** @type {Record<string, Record<string, unknown>>} */
  const records = JSON.parse(written);

  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "provenance-mark";
  const dialog = document.createElement("dialog");
  dialog.className = "provenance";
  dialog.setAttribute("aria-label", "Where these figures come from");
  root.append(mark, dialog);

  const keysHere = () => {
    const figures = reveal.getCurrentSlide()?.querySelectorAll("[data-provenance]") ?? [];
    const keys = [...figures].map((figure) => /** @type {HTMLElement} */ (figure).dataset.provenance ?? "");
    return [...new Set(keys)].filter((key) => Object.hasOwn(records, key));
  };
  /** A live demo's explanation of what it shows now. @param {string} key @returns {Record<string, string>} */
  const explained = (key) => {
    const place = /** @type {HTMLElement | null | undefined} */ (reveal.getCurrentSlide()?.querySelector(`[data-explained][data-provenance="${CSS.escape(key)}"]`));
    return place?.dataset.explained ? { now: place.dataset.explained } : {};
  };
  const refresh = () => {
    dialog.close();
    const keys = keysHere();
    mark.hidden = keys.length === 0;
    const isStale = keys.some((key) => records[key].warning !== undefined);
    mark.classList.toggle("is-stale", isStale);
    const isQuoted = keys.length > 0 && keys.every((key) => records[key].measured === false);
    mark.textContent = isStale ? "stale" : isQuoted ? "source" : "measured";
  };
  const toggle = () => {
    if (dialog.open) return dialog.close();
    const keys = keysHere();
    if (keys.length === 0) return;
    dialog.replaceChildren(...keys.map((key) => describe(key, { ...records[key], ...explained(key) })), closeButton(dialog));
    dialog.show(); // not modal: arrow keys and clicker still control the talk
  };

  mark.addEventListener("click", toggle);
  reveal.on("slidechanged", refresh);
  reveal.on("ready", refresh);
  reveal.on("overviewshown", () => dialog.close());
  reveal.addKeyBinding({ keyCode: KEY_I, key: "I", description: "Where the figures come from" }, toggle);
  return { isOpen: () => dialog.open, close: () => dialog.close() };
}

/** @param {HTMLDialogElement} dialog */
function closeButton(dialog) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "provenance-close";
  button.setAttribute("aria-label", "Close");
  button.textContent = "×";
  button.addEventListener("click", () => dialog.close());
  return button;
}

/**
 * @param {string} key
 * @param {Record<string, unknown>} record
 */
function describe(key, record) {
  const part = document.createElement("div");
  part.className = "provenance-record";
  const title = document.createElement("h3");
  title.textContent = String(record.title ?? key);
  const list = document.createElement("dl");
  const known = new Set(ROWS.map(([name]) => name));
  const further = Object.keys(record)
    .filter((name) => !known.has(name) && name !== "title" && name !== "measured" && isPlain(record[name]))
    .map((name) => [name, name.replaceAll("_", " ")]);
  for (const [name, label] of [...ROWS, ...further]) {
    const value = record[name];
    if (!isPlain(value)) continue;
    const term = document.createElement("dt");
    term.textContent = label;
    const text = document.createElement("dd");
    const holder = name === "command" ? document.createElement("code") : text;
    holder.textContent = String(value);
    if (holder !== text) text.append(holder);
    list.append(term, text);
  }
  part.append(title, list);
  return part;
}

/** @param {unknown} value */
function isPlain(value) {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}
