/**
 * The help (?): how to move, then the tools, then the keys of the demo on this slide. reveal.js lists keys in the order in which
 * they were added, digits first; here they are sorted when its overlay opens.
 */
import { TYPED_IN } from "./focus-policy.mjs";

/** @typedef {[keys: string, action: string]} Row */

/** Rows of reveal.js that these rows replace, or that are wrong here. If a deck has its own `navigationMode`, they stay. */
const REWORDED = new Set(["Next slide", "Previous slide", "Navigate left", "Navigate right", "Navigate up", "Navigate down"]);
/** @type {Record<string, string>} */
const CLEARER = { Pause: "Black screen, and back", "Speaker notes view": "Speaker window: notes, clock, next slide" };
const MOVING = new Set(["Navigate without fragments", "Jump to first/last slide", "Jump to slide", "Slide overview", "Search", ...REWORDED]);
/** @type {Row[]} */
const WALKING = [
  ["→  SPACE  PAGE↓  N", "Next fragment or slide; a clicker, too"],
  ["←  PAGE↑  P", "One back"],
  ["↑  ↓", "Slides below each other"],
  ["H  J  K  L", "Slide to the left, below, above, right"],
];
/** The numbers of the key that reveal.js reads as the question mark. */
const KEY_QUESTION_MARK = 63;
const KEY_SLASH = 191;
/** Actions without their own key in reveal's list. @type {Row[]} */
const POINTED = [["Click", "Zoom in, and out again"]];

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./config.mjs").DeckConfig} config
 * @param {() => Row[]} demoKeys  keys of the current slide's demos
 */
export function addHelp(reveal, config, demoKeys) {
  const walks = config.reveal.navigationMode === undefined && config.reveal.keyboard === undefined;
  const zoomKey = /Linux/.test(navigator.platform) ? "CTRL" : "ALT"; // as the zoom plugin has it
  addEventListener("keydown", (event) => hearQuestionMark(event, () => reveal.toggleHelp()), true);
  reveal.on("showhelp", () => {
    const content = document.querySelector(".r-overlay-help-content");
    if (content === null) return;
    const rows = [...content.querySelectorAll("tr:has(td)")].map((row) => {
      const [keys, action] = [...row.children].map((cell) => cell.textContent ?? "");
      return /** @type {Row} */ ([keys.replaceAll(/\s*,\s*/g, "  "), action]);
    });
    const moving = rows.filter(([, action]) => MOVING.has(action) && !(walks && REWORDED.has(action)));
    const tools = rows.filter(([, action]) => !MOVING.has(action)).map(([keys, action]) => /** @type {Row} */ ([keys, CLEARER[action] ?? action]));
    const pointed = POINTED.map(([keys, action]) => /** @type {Row} */ ([`${zoomKey} + ${keys}`, action]));
    const groups = [
      group("Moving", [...(walks ? WALKING : []), ...moving]),
      group("Tools", [...tools, ...pointed]),
      group("This slide's demo", demoKeys()),
    ];
    content.replaceChildren(...groups.filter((one) => one !== null));
  });
}

/**
 * Opens the help with the character "?". reveal.js uses the key's number, which is another character on German and French
 * keyboards. The event is handled in the capture phase, before reveal.js.
 *
 * @param {KeyboardEvent} event
 * @param {() => void} toggleHelp
 */
export function hearQuestionMark(event, toggleHelp) {
  if (event.ctrlKey || event.metaKey || document.activeElement?.matches(TYPED_IN)) return;
  const isForReveal = [KEY_QUESTION_MARK, KEY_SLASH].includes(event.keyCode) && event.shiftKey;
  if (event.key !== "?") {
    if (isForReveal) event.stopImmediatePropagation(); // another character on this keyboard
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  toggleHelp();
}

/** @param {string} title @param {Row[]} rows */
function group(title, rows) {
  if (rows.length === 0) return null;
  const part = document.createElement("div");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const list = document.createElement("dl");
  for (const [keys, action] of rows) {
    const [term, text] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = keys;
    text.textContent = action;
    list.append(term, text);
  }
  part.append(heading, list);
  return part;
}
