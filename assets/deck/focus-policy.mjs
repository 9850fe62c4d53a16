/**
 * Gives the keys back to the presentation after a click: reveal.js, and so the clicker, receives no keys while a slider has focus.
 *
 * Only after pointers: a user who reached a control with Tab wants to use the keyboard there. In text fields the focus stays until
 * Escape.
 */

/** Elements in which keys type text or choose. */
export const TYPED_IN = "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=color])";

/** @param {import("reveal.js").RevealApi} reveal */
export function returnFocus(reveal) {
  const slides = reveal.getRevealElement();
  if (!slides) return;
  // A drag may end anywhere, even outside the window.
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(release), true);
  slides.addEventListener("click", ({ detail }) => detail > 0 && setTimeout(release)); // 0: pressed by a key
  slides.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) event.target.blur();
  });
  slides.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement?.matches(TYPED_IN)) blurFocused();
  });
  reveal.on("slidechanged", blurFocused);

  function release() {
    const focused = document.activeElement;
    if (focused && slides?.contains(focused) && !focused.matches(TYPED_IN)) blurFocused();
  }
}

function blurFocused() {
  const focused = document.activeElement;
  const canBlur = focused instanceof HTMLElement || focused instanceof SVGElement;
  if (canBlur && focused !== document.body && !focused.closest(".searchbox")) focused.blur();
}
