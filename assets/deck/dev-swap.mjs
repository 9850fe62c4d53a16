/**
 * Puts an edit into the open page, so that a writer need not wait until a browser has loaded it anew: the text of slides that
 * still stand where they stood. For all else (a slide more or less, charts, demos, videos, settings) the page is loaded.
 */

/** What the runtime has hands on: it was set up when the page was loaded. */
const SET_UP = "figure.chart, .live, video, audio, iframe, pre[data-line-steps]";
/** Attributes of a slide that change with the text; any other one reveal.js has read already. */
const OF_TEXT = new Set(["id", "data-source"]);

/**
 * @typedef {object} Change
 * @property {number} slide  its number in the order of the page
 * @property {[string, string][]} attributes  names and new values
 * @property {string | null} html  what it holds now; null: the same
 */

/**
 * What is to be done to a page that was loaded as `before` to be as `after`.
 *
 * @param {string} before  HTML
 * @param {string} after
 * @returns {Change[] | null}  null if only loading will do
 */
export function changesBetween(before, after) {
  const [oldPage, nowPage] = [before, after].map((text) => new DOMParser().parseFromString(text, "text/html"));
  const [oldSlides, nowSlides] = [slidesOf(oldPage), slidesOf(nowPage)];
  if (oldSlides.length !== nowSlides.length) return null;
  /** @type {Change[]} */
  const changes = [];
  for (const [slide, now] of nowSlides.entries()) {
    const old = oldSlides[slide];
    const attributes = attributesThatDiffer(old, now);
    const isEdited = old.innerHTML !== now.innerHTML;
    if (attributes === null || (isEdited && (isSetUp(old) || isSetUp(now) || notesOf(old) !== notesOf(now)))) return null;
    if (isEdited || attributes.length > 0) changes.push({ slide, attributes, html: isEdited ? now.innerHTML : null });
    old.remove();
    now.remove();
  }
  // What is left is all that is no slide, and how slides stand in stacks.
  return oldPage.documentElement.outerHTML === nowPage.documentElement.outerHTML ? changes : null;
}

/**
 * @param {any} reveal
 * @param {Change[]} changes
 */
export function apply(reveal, changes) {
  const slides = slidesOf(document);
  const { h, v, f } = reveal.getIndices();
  for (const { slide, attributes, html } of changes) {
    const section = slides[slide];
    for (const [name, value] of attributes) section.setAttribute(name, value);
    if (html === null) continue;
    section.innerHTML = html;
    reveal.syncSlide(section);
  }
  reveal.slide(h, v, f);
}

/** @param {Element} slide */
function isSetUp(slide) {
  return slide.querySelector(SET_UP) !== null;
}

/** The speaker window was told of them when the slide was reached. @param {Element} slide */
function notesOf(slide) {
  return [...slide.querySelectorAll("aside.notes")].map((notes) => notes.innerHTML).join();
}

/** Sections that hold no others. @param {Document} page */
function slidesOf(page) {
  return [...page.querySelectorAll(".slides section")].filter((section) => section.querySelector("section") === null);
}

/** @param {Element} before @param {Element} after @returns {[string, string][] | null}  null if one differs that is not of the text */
function attributesThatDiffer(before, after) {
  /** @type {[string, string][]} */
  const found = [];
  for (const name of new Set([...before.getAttributeNames(), ...after.getAttributeNames()])) {
    const value = after.getAttribute(name);
    if (value === before.getAttribute(name)) continue;
    if (value === null || !OF_TEXT.has(name)) return null;
    found.push([name, value]);
  }
  return found;
}
