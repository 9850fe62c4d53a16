/**
 * Applies an edit to the open page, so that an author does not wait for a reload. It replaces the text of slides that have not
 * moved. For all other changes (slides added or removed, charts, demos, videos, settings) the page is reloaded.
 */

/** Elements that the runtime set up when the page was loaded. */
const SET_UP = "figure.chart, .live, video, audio, iframe, pre[data-line-steps]";
/** Attributes of a slide that change with the text; reveal.js has already read all others. */
const OF_TEXT = new Set(["id", "data-source"]);

/**
 * @typedef {object} Change
 * @property {number} slide  its number in the order of the page
 * @property {[string, string][]} attributes  names and new values
 * @property {string | null} html  its new content; null: unchanged
 */

/**
 * The changes that turn a page that was loaded as `before` into `after`.
 *
 * @param {string} before  HTML
 * @param {string} after
 * @returns {Change[] | null}  null if the page must be reloaded
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
  // The rest is everything that is not a slide, and the order of slides in stacks.
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

/** The speaker window received the notes when the slide was reached. @param {Element} slide */
function notesOf(slide) {
  return [...slide.querySelectorAll("aside.notes")].map((notes) => notes.innerHTML).join();
}

/** Sections that contain no other sections. @param {Document} page */
function slidesOf(page) {
  return [...page.querySelectorAll(".slides section")].filter((section) => section.querySelector("section") === null);
}

/** @param {Element} before @param {Element} after @returns {[string, string][] | null}  null if another attribute than those of the text differs */
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
