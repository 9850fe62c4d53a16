/**
 * The speaker window. Key S opens it, or shows a message if the browser blocks it. A key that is pressed in it is pressed in the
 * talk, because reveal.js passes keys only to the window's preview, which has no demos, no pen and no panel.
 */
import { TYPED_IN } from "./focus-policy.mjs";

/** @typedef {Pick<KeyboardEvent, "type" | "key" | "code" | "keyCode" | "shiftKey" | "altKey" | "repeat">} Press */

const MESSAGE = "wann-press";
const KEY_S = 83;
/** Keys that stay in the window: text after G is typed there, F may not put another window in full screen, Tab moves inside it. */
const ITS_OWN = new Set(["f", "g", "F5", "Tab"]);
const NOTE_MS = 12_000;

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 */
export function addSpeakerWindow(reveal, view) {
  const talk = view.isSpeaker ? window.parent?.opener : null;
  if (talk) {
    passKeysOn(talk);
    leadByHand(reveal, talk);
  }
  if (view.isStill) return;
  const note = document.createElement("p");
  note.className = "stage-note";
  note.setAttribute("role", "status");
  reveal.getRevealElement()?.append(note);
  let hideNote = 0;

  const open = () => {
    clearTimeout(hideNote);
    try {
      /** @type {any} */ (reveal.getPlugin("notes")).open();
      note.textContent = "";
    } catch {
      // The plugin writes into the result of `window.open`, which is null if the browser blocks windows.
      note.textContent = "The browser blocked the speaker window. Allow pop-ups for this page and press S again.";
      hideNote = window.setTimeout(() => (note.textContent = ""), NOTE_MS);
    }
  };
  // After the plugin has bound the same key.
  reveal.on("ready", () => reveal.addKeyBinding({ keyCode: KEY_S, key: "S", description: "Speaker notes view" }, open));
  hearSpeakers(reveal);
}

/**
 * In the talk: listens to its speaker windows, which report every second, and to their previews.
 *
 * @param {import("reveal.js").RevealApi} reveal
 */
function hearSpeakers(reveal) {
  /** @type {WeakSet<Window>} */
  const speakers = new WeakSet();
  /** @param {KeyboardEvent} event */
  const pass = (event) => {
    if (!isForTalk(event) || isTypedIn(/** @type {Element} */ (event.target))) return;
    event.stopImmediatePropagation();
    if (!press(event)) event.preventDefault();
  };
  addEventListener("message", (event) => {
    const { data } = event;
    const page = /** @type {Window | null} */ (event.source);
    if (page === null) return;
    if (data?.type === MESSAGE && speakers.has(page.parent)) {
      if (data.press) press(data.press);
      else reveal.slide(...data.place);
      return;
    }
    const said = page.opener === window ? written(data) : null;
    if (said?.method === "setState") event.stopImmediatePropagation(); // see `leadByHand`
    if (said?.namespace !== "reveal-notes" || said.type !== "heartbeat" || speakers.has(page)) return;
    speakers.add(page);
    for (const kind of ["keydown", "keyup"]) page.document.addEventListener(kind, /** @type {EventListener} */ (pass), true);
    addEventListener("pagehide", () => {
      for (const kind of ["keydown", "keyup"]) page.document.removeEventListener(kind, /** @type {EventListener} */ (pass), true);
    });
  });
}

/**
 * In a preview: after a click into it, keys are pressed there. It cannot access the talk's page, but it can send messages to it.
 *
 * @param {Window} talk
 */
function passKeysOn(talk) {
  /** @param {KeyboardEvent} event */
  const pass = (event) => {
    if (!isForTalk(event) || isTypedIn(document.activeElement)) return;
    const { type, key, code, keyCode, shiftKey, altKey, repeat } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    talk.postMessage({ type: MESSAGE, press: { type, key, code, keyCode, shiftKey, altKey, repeat } }, "*");
  };
  for (const kind of ["keydown", "keyup"]) addEventListener(kind, /** @type {EventListener} */ (pass), true);
}

/**
 * In a preview: if a person moves it, the talk follows. reveal.js lets the talk follow every move of the preview, so a late move,
 * after loading or while the preview follows the talk, would pull the talk back.
 *
 * @param {import("reveal.js").RevealApi} reveal
 * @param {Window} talk
 */
function leadByHand(reveal, talk) {
  let isByHand = false;
  const { setState } = reveal;
  reveal.setState = (state) => {
    isByHand = false;
    setState(state);
  };
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => (isByHand = true), true);
  for (const event of ["slidechanged", "fragmentshown", "fragmenthidden"]) {
    reveal.on(event, () => {
      const { indexh, indexv, indexf } = reveal.getState();
      if (isByHand) talk.postMessage({ type: MESSAGE, place: [indexh, indexv, indexf] }, "*");
    });
  }
}

/**
 * Press a key in this page. An element that still has the focus here loses it, because the user is in the other window.
 *
 * @param {Press} press
 * @returns {boolean}  whether no listener handled it
 */
function press({ type, key, code, keyCode, shiftKey, altKey, repeat }) {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement || focused instanceof SVGElement) focused.blur();
  const event = { key, code, keyCode, shiftKey, altKey, repeat, bubbles: true, cancelable: true };
  return document.body.dispatchEvent(new KeyboardEvent(type, event));
}

/** @param {KeyboardEvent} event */
function isForTalk({ key, ctrlKey, metaKey }) {
  return !ctrlKey && !metaKey && !ITS_OWN.has(key.length === 1 ? key.toLowerCase() : key);
}

/** @param {Element | null} element */
function isTypedIn(element) {
  return element?.matches?.(TYPED_IN) ?? false;
}

/** The content of a message of reveal.js. @param {unknown} data */
function written(data) {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}
