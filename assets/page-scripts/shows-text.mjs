/**
 * Returns whether the deck runs and contains a text.
 *
 * @param {string} text
 * @returns {boolean}
 */
export default function showsText(text) {
  const { Reveal: reveal } = /** @type {any} */ (window);
  return Boolean(reveal?.isReady?.() && document.body.textContent?.includes(text));
}
