/**
 * Escape closes only the topmost layer, and a key that ends a black screen does nothing else. Both are decided before reveal.js
 * receives the key, because it would open the overview behind an open panel.
 */

import { TYPED_IN } from "./focus-policy.mjs";

/** @typedef {{isOpen: () => boolean, close: () => void}} Layer  something over the slide that Escape closes */

/** reveal.js itself ends a black screen only with B, V and the full stop; a clicker has none of these keys. */
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

  /** @param {KeyboardEvent} event @returns {(() => void) | null}  ends what the key closes; null if the key has no special meaning */
  const endedBy = ({ key }) => {
    if (reveal.isPaused()) {
      return WAKING.has(key.length === 1 ? key.toLowerCase() : key) ? () => reveal.togglePause(false) : null;
    }
    if (key !== "Escape" || isTypedIn() || isOverlayOpen()) return null;
    if (document.documentElement.classList.contains("zoomed")) return () => (isZoomingOut = true);
    if (reveal.isOverview()) return null;
    return layers.find((layer) => layer.isOpen())?.close ?? null;
  };

  // In the capture phase, from the window down.
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
  // reveal's zoom ends when Escape is released, even if it closed something else.
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

/** Help and reveal's lightboxes use Escape themselves. */
function isOverlayOpen() {
  return document.querySelector(".r-overlay") !== null;
}
