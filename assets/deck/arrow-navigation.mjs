/**
 * The arrows → and ← walk through the whole talk, as the clicker does, including the slides below, which reveal.js would skip. ↑ and ↓
 * stay within a stack. In the overview the arrows move in their own direction.
 */

const KEYS = { left: 37, right: 39 };

/**
 * @param {import("reveal.js").RevealApi} reveal
 * @param {import("./config.mjs").DeckConfig} config  a deck with its own `navigationMode` gets reveal's arrows
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
  // Keys that the front matter's `keyboard` names have priority.
  for (const keyCode of Object.values(KEYS)) reveal.addKeyBinding(keyCode, walk);
}
