/**
 * The arrows → and ← walk through the whole talk, slides below included, as the clicker does: reveal.js would go past them. ↑ and
 * ↓ stay within a stack, and in the overview arrows go where they point.
 */

const KEYS = { left: 37, right: 39 };

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./config.mjs").DeckConfig} config  with a `navigationMode` of its own a deck gets reveal's arrows
 */
export function addArrowNavigation(reveal, config) {
  if (config.reveal.navigationMode !== undefined) return;
  /** @param {KeyboardEvent} event  from `triggerKey` it has nothing but `keyCode` */
  const walk = ({ keyCode, altKey, shiftKey }) => {
    const isRight = keyCode === KEYS.right;
    const isOnward = isRight !== config.rtl;
    if (shiftKey) {
      reveal.slide(isOnward ? reveal.getHorizontalSlides().length - 1 : 0);
    } else if (reveal.isOverview()) {
      reveal[isRight ? "right" : "left"]();
    } else {
      reveal[isOnward ? "next" : "prev"]({ skipFragments: altKey });
    }
  };
  // Keys that the front matter's `keyboard` names come before these.
  for (const keyCode of Object.values(KEYS)) reveal.addKeyBinding(keyCode, walk);
}
