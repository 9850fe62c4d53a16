/**
 * Shows a slide for a screenshot, with its lazy images, the charts in their last state (motion is reduced), and posters of videos.
 *
 * @param {string} id of the slide
 * @param {number} fragment the last fragment to show; -1 shows none
 * @param {number} settleMs how long the slide may draw
 */
export default async function showSlide(id, fragment, settleMs) {
  const { h, v } = Reveal.getIndices(document.getElementById(id));
  Reveal.slide(h, v, fragment);
  /** @type {HTMLElement} */
  const slide = Reveal.getCurrentSlide();
  const images = [...slide.querySelectorAll("img")];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map((image) => image.decode().catch(() => {})));
  for (const video of slide.querySelectorAll("video")) video.controls = false;
  await document.fonts.ready;
  await new Promise((done) => setTimeout(done, settleMs));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}
