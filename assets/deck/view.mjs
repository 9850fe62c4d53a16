/** The view in which a page of the deck is open, and its limits. */

/**
 * @typedef {object} View
 * @property {boolean} isSpeaker  one of the two previews in the speaker window: nothing plays there
 * @property {boolean} isPrint  laid out as pages (`?print-pdf`): nothing plays, static charts stay
 * @property {boolean} isStill  either of these
 * @property {() => boolean} reducesMotion  the system asks for less motion, now
 */

/**
 * @param {Window} page
 * @returns {View}
 */
export function viewOf(page) {
  const query = new URLSearchParams(page.location.search);
  const isSpeaker = query.has("receiver");
  const isPrint = query.has("print-pdf") || query.get("view") === "print";
  const motion = page.matchMedia("(prefers-reduced-motion: reduce)");
  return { isSpeaker, isPrint, isStill: isSpeaker || isPrint, reducesMotion: () => motion.matches };
}
