/** Marks on the page that the theme needs and markdown cannot express; set before reveal.js moves the slides. */
import { SLIDE_HEIGHT, slideWidth } from "./config.mjs";

/**
 * Print: mark the page for the theme, and replace videos by their posters, because browsers print videos as black boxes.
 *
 * @param {Document} page
 * @param {import("./view.mjs").View} view
 * @param {import("./config.mjs").DeckConfig} config
 */
export function prepareForPaper(page, view, config) {
  const root = page.documentElement;
  root.style.setProperty("--slide-width", `${slideWidth(config.aspect)}px`);
  root.style.setProperty("--slide-height", `${SLIDE_HEIGHT}px`);
  root.classList.toggle("is-paper", view.isPrint);
  root.classList.toggle("is-speaker", view.isSpeaker);
  if (!view.isPrint) return;
  for (const video of page.querySelectorAll("video")) video.replaceWith(stillOf(page, video));
  for (const image of page.querySelectorAll("img")) image.loading = "eager";
  for (const image of page.querySelectorAll("img[data-src]")) image.setAttribute("src", image.getAttribute("data-src") ?? "");
}

/** @param {Document} page  @param {HTMLVideoElement} video */
function stillOf(page, video) {
  const still = page.createElement("img");
  for (const name of ["class", "style", "width", "height", "data-provenance", "data-fragment-index"]) {
    const value = video.getAttribute(name);
    if (value !== null) still.setAttribute(name, value);
  }
  still.alt = video.getAttribute("aria-label") ?? "";
  if (video.poster) still.src = video.poster;
  still.classList.add("video-still");
  return still;
}
