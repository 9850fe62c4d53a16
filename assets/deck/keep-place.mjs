/** A reload comes back to the slide and fragment where it was, even when the slide's address has changed. */

const PLACE = "wann-deck-place";

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./view.mjs").View} view
 */
export function keepPlace(reveal, view) {
  if (view.isStill) return;
  reveal.on("ready", () => {
    const state = take();
    if (state !== null) reveal.setState(state);
  });
}

/** @param {import("reveal.js").RevealApi} reveal */
export function reload(reveal) {
  try {
    sessionStorage.setItem(`${PLACE}:${location.pathname}`, JSON.stringify(reveal.getState()));
  } catch {
    // Without storage the address still holds the slide.
  }
  location.reload();
}

function take() {
  try {
    const key = `${PLACE}:${location.pathname}`;
    const written = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return written === null ? null : JSON.parse(written);
  } catch {
    return null;
  }
}
