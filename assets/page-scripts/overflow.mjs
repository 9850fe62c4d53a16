/**
 * Measures what does not fit on its slide.
 *
 * Each slide is measured in its last state, with all fragments; boxes are measured in the slide's pixels. Content that an ancestor
 * cuts off (a long code block that scrolls) is invisible too, so it counts as well.
 *
 * @param {number} tolerance pixels that count as rounding
 * @returns {Promise<{past: number, what: string, side: string, source: string}[]>} one per slide, the element furthest out
 */
export default async function overflow(tolerance) {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await window.__deckReady;
  await document.fonts.ready;
  const { width, height } = Reveal.getConfig();
  const canvas = /** @type {Element} */ (document.querySelector(".reveal .slides"));
  const found = [];
  for (const slide of /** @type {HTMLElement[]} */ (Reveal.getSlides())) {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v, 9999);
    await frame();
    const scale = Reveal.getScale();
    const origin = canvas.getBoundingClientRect();
    let worst = { past: tolerance, what: "", side: "" };
    /** @param {number} past  @param {string} side  @param {Element} element */
    const note = (past, side, element) => {
      const what = [element.localName, ...element.classList].slice(0, 2).join(".");
      if (past > worst.past) worst = { past, side, what };
    };
    for (const element of slide.querySelectorAll("*")) {
      // Only the frame of a drawing is measured.
      if (element.closest("aside.notes, svg *, math, .katex, .live *, .chart *")) continue;
      if (element.checkVisibility?.() === false) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      note((box.bottom - origin.top) / scale - height, "below the bottom", element);
      note((box.right - origin.left) / scale - width, "past the right edge", element);
      note((origin.top - box.top) / scale, "above the top", element);
      note((origin.left - box.left) / scale, "past the left edge", element);
      if (element.localName === "pre" || element.localName === "code") {
        note(element.scrollHeight - element.clientHeight, "below the end of its box", element);
        note(element.scrollWidth - element.clientWidth, "past the right end of its box", element);
      }
    }
    if (worst.side) found.push({ ...worst, source: slide.dataset.source ?? slide.id });
  }
  return found;
}
