/**
 * Hosts live demos: mounted when first seen, running only while seen, and never in print or in the speaker window, where their
 * still picture stays. The demos themselves are in live.js, which sets `window.WannLive`.
 */

/** @typedef {{start: () => void, stop: () => void, destroy: () => void}} Demo */

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @param {import("./theme.mjs").Theme} theme
 */
export function hostLiveDemos(reveal, view, theme) {
  const places = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".live[data-demo]"))];
  if (view.isStill || places.length === 0) return;
  const data = JSON.parse(document.getElementById("live-data")?.textContent || "{}");
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
    for (const place of places) {
      const wanted = isSeen(place) && place.clientWidth > 0;
      if (wanted && !mounted.has(place)) mount(place, mounted, data, reveal, view, theme);
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
  addEventListener("load", settle); // live.js may come after deck.js
  addEventListener("pagehide", () => {
    for (const place of running) mounted.get(place)?.stop();
    running.clear();
  });
}

/**
 * @param {HTMLElement} place
 * @param {Map<HTMLElement, Demo>} mounted
 * @param {Record<string, unknown>} data
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @param {import("./theme.mjs").Theme} theme
 */
function mount(place, mounted, data, reveal, view, theme) {
  const live = /** @type {any} */ (window).WannLive;
  if (live === undefined) return; // the still picture stays
  try {
    const settings = JSON.parse(place.dataset.settings || "{}");
    const hooks = {
      reducedMotion: view.reducesMotion(),
      onThemeChange: theme.onChange,
      colourOf: theme.colourOf,
      scale: () => reveal.getScale(),
      share: () => {},
    };
    mounted.set(place, live.mount(place, settings, data, hooks));
    place.classList.add("is-live");
  } catch (error) {
    // On stage a still picture is better than a broken slide; whoever prepares it reads the console.
    console.error(`live demo "${place.dataset.demo}" cannot start`, error);
  }
}
