/**
 * Returns the ids of a deck's slides, in their order.
 *
 * @returns {string[]} ids
 */
export default function slideIds() {
  return Reveal.getSlides().map((/** @type {Element} */ slide) => slide.id);
}
