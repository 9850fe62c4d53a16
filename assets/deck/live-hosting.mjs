/**
 * Hosts live demos. A demo is mounted when it is first seen and runs only while it is seen. In print and in the speaker window its
 * still picture stays. The demos themselves are in live.js, which sets `window.WannLive`.
 */
import { TYPED_IN } from "./focus-policy.mjs";
import { followDemos, tellFollowers } from "./live-mirror.mjs";

/** @typedef {import("../live/hooks.mjs").Demo} Demo */
/** @typedef {{reveal: import("reveal.js").RevealApi, view: import("./view.mjs").View, theme: import("./theme.mjs").Theme}} Deck */

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @param {import("./theme.mjs").Theme} theme
 */
export function hostLiveDemos(reveal, view, theme) {
  const places = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".live[data-demo]"))];
  if (places.length === 0) return;
  if (view.isSpeaker) followDemos(places);
  if (view.isStill) return;
  const data = JSON.parse(document.getElementById("live-data")?.textContent || "{}");
  const share = tellFollowers();
  /** @type {Map<HTMLElement, Demo>} */
  const mounted = new Map();
  /** @type {Set<HTMLElement>} */
  const running = new Set();

  /** @param {HTMLElement} place */
  const isSeen = (place) =>
    reveal.getCurrentSlide() === place.closest("section") &&
    !document.hidden &&
    !reveal.isPaused() &&
    !reveal.isOverview() &&
    place.closest(".fragment:not(.visible)") === null;

  const settle = () => {
    for (const [index, place] of places.entries()) {
      const wanted = isSeen(place) && place.clientWidth > 0;
      if (wanted && !mounted.has(place)) {
        const demo = mount(place, data, { reveal, view, theme }, (state) => share(index, state));
        if (demo) mounted.set(place, demo);
      }
      const demo = mounted.get(place);
      if (!demo || wanted === running.has(place)) continue;
      if (wanted) {
        running.add(place);
        demo.start();
      } else {
        running.delete(place);
        demo.stop();
      }
    }
  };

  const events = ["ready", "slidechanged", "fragmentshown", "fragmenthidden", "paused", "resumed", "overviewshown", "overviewhidden"];
  for (const event of events) reveal.on(event, settle);
  document.addEventListener("visibilitychange", settle);
  addEventListener("load", settle); // live.js may load after deck.js
  addEventListener("pagehide", () => {
    for (const place of running) mounted.get(place)?.stop();
    running.clear();
  });
  addEventListener("pageshow", settle); // back from the browser's history
  document.addEventListener("keydown", (event) => {
    if (!isForDemo(event)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    for (const place of running) if (mounted.get(place)?.press?.(key)) event.preventDefault();
  });
}

/** Whether a key has no modifiers and is not handled already. @param {KeyboardEvent} event */
function isForDemo(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !document.activeElement?.matches(TYPED_IN);
}

/** The keys of the demos on a slide; the demos may not be mounted yet. @param {Element | undefined} slide @returns {[string, string][]} */
export function keysOfDemosOn(slide) {
  const live = /** @type {any} */ (window).WannLive;
  const places = /** @type {NodeListOf<HTMLElement> | undefined} */ (slide?.querySelectorAll(".live[data-demo]"));
  return [...(places ?? [])].flatMap((place) => live?.keysOf(place.dataset.demo) ?? []);
}

/**
 * @param {HTMLElement} place
 * @param {Record<string, unknown>} data
 * @param {Deck} deck
 * @param {(state: Record<string, number | string | boolean>) => void} share
 * @returns {Demo | null}
 */
function mount(place, data, { reveal, view, theme }, share) {
  const live = /** @type {any} */ (window).WannLive;
  if (live === undefined) return null; // the still picture stays
  try {
    const settings = JSON.parse(place.dataset.settings || "{}");
    /** @type {import("../live/hooks.mjs").Hooks} */
    const hooks = {
      reducedMotion: view.reducesMotion(),
      onThemeChange: theme.onChange,
      colourOf: theme.colourOf,
      scale: () => reveal.getScale(),
      share,
      explain: (text) => (place.dataset.explained = text),
    };
    place.dataset.preventSwipe = ""; // a touch on a demo is for the demo, not a swipe
    const demo = live.mount(place, settings, data, hooks);
    place.classList.add("is-live");
    return demo;
  } catch (error) {
    // On stage a still picture is better than a broken slide; the author can read the console.
    console.error(`live demo "${place.dataset.demo}" cannot start`, error);
    return null;
  }
}
