/** The options of reveal.js: first the deck's defaults, then the front matter's options, then the limits of the view. */

/**
 * @typedef {object} DeckConfig
 * @property {Record<string, unknown>} reveal  options of the front matter
 * @property {string} theme  auto, light or dark
 * @property {string} aspect  such as "16:9"
 * @property {boolean} rtl
 */

/** All aspect ratios share one height, so that text has the same size in each. */
export const SLIDE_HEIGHT = 720;
const WIDEST_ASPECT = 4;

/**
 * @param {Document} page
 * @returns {DeckConfig}
 */
export function readDeckConfig(page) {
  const written = page.getElementById("deck-config")?.textContent;
  return { reveal: {}, theme: "auto", aspect: "16:9", rtl: false, ...(written ? JSON.parse(written) : {}) };
}

/**
 * The width of a slide for an aspect ratio such as "16:9", "4:3" or "1.6"; 16:9 if it cannot be read.
 *
 * @param {string} aspect
 */
export function slideWidth(aspect) {
  const [across, down = "1"] = String(aspect).split(/[:/x]/);
  const ratio = Number(across) / Number(down);
  return Math.round(SLIDE_HEIGHT * (ratio > 1 / WIDEST_ASPECT && ratio < WIDEST_ASPECT ? ratio : 16 / 9));
}

/**
 * @param {DeckConfig} config
 * @param {import("./view.mjs").View} view
 * @returns {import("reveal.js").RevealConfig}
 */
export function revealSettings(config, view) {
  return /** @type {import("reveal.js").RevealConfig} */ ({
    width: slideWidth(config.aspect),
    height: SLIDE_HEIGHT,
    margin: 0, // the theme has its own margins, inside the slide
    maxScale: 6, // a slide also fills a 4K projector
    display: "flex",
    center: false, // the theme places a slide's content
    rtl: config.rtl,
    hash: true, // a reload stays on its slide; links to a slide can be shared
    fragmentInURL: true,
    slideNumber: "c/t",
    controlsTutorial: false,
    transition: "fade",
    transitionSpeed: "fast",
    scrollActivationWidth: 0, // a narrow window is still a talk
    pdfMaxPagesPerSlide: 1,
    jumpToSlide: true,
    ...config.reveal,
    keyboardCondition: mayNavigate,
    ...(view.isSpeaker ? { hash: false, autoPlayMedia: false, controls: false } : {}),
    ...(view.reducesMotion() ? { transition: "none", backgroundTransition: "none", autoAnimate: false, autoPlayMedia: false } : {}),
  });
}

/**
 * Whether a key belongs to the presentation: not if a keyboard user presses it on a control.
 *
 * @param {KeyboardEvent} event
 */
function mayNavigate(event) {
  const focused = document.activeElement;
  if (focused === null || !(event.key === " " || event.key === "Enter")) return true;
  return !focused.matches("button:focus-visible, summary:focus-visible, a[href]:focus-visible, select:focus-visible");
}
