/**
 * Escape ends the topmost thing only, and what brings a black screen back does nothing else: both are decided before reveal.js,
 * which would open the overview behind an open panel, hears the key.
 */

import { TYPED_IN } from "./focus-policy.mjs";

/** @typedef {{isOpen: () => boolean, close: () => void}} Layer  something over the slide that Escape ends */

/** reveal.js itself wakes on B, V and the full stop only; a clicker has none of these at hand. */
const WAKING = new Set([
  "Escape", "Enter", " ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End",
  "n", "p", "h", "j", "k", "l",
]);

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 * @param {Layer[]} layers  the upper ones first
 */
export function handleEscape(reveal, view, layers) {
  if (view.isStill) return;
  let isZoomingOut = false;

  /** @param {KeyboardEvent} event @returns {(() => void) | null}  what the key ends; null if it is a key like any other */
  const endedBy = ({ key }) => {
    if (reveal.isPaused()) {
      return WAKING.has(key.length === 1 ? key.toLowerCase() : key) ? () => reveal.togglePause(false) : null;
    }
    if (key !== "Escape" || isTypedIn() || isOverlayOpen()) return null;
    if (document.documentElement.classList.contains("zoomed")) return () => (isZoomingOut = true);
    if (reveal.isOverview()) return null;
    return layers.find((layer) => layer.isOpen())?.close ?? null;
  };

  // On the way down from the window.
  addEventListener(
    "keydown",
    (event) => {
      isZoomingOut = false;
      const end = event.ctrlKey || event.metaKey ? null : endedBy(event);
      if (end === null) return;
      end();
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  // reveal's zoom ends when Escape is let go, whatever it was pressed for.
  addEventListener(
    "keyup",
    (event) => {
      if (event.key === "Escape" && !isZoomingOut) event.stopImmediatePropagation();
    },
    true,
  );
}

function isTypedIn() {
  return document.activeElement?.matches(TYPED_IN) ?? false;
}

/** Help, and reveal's lightboxes: Escape is theirs. */
function isOverlayOpen() {
  return document.querySelector(".r-overlay") !== null;
}
