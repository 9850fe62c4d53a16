/**
 * Waits until lazy images, posters of videos and fonts are loaded, after the pages of a print are laid out.
 *
 * @returns {Promise<number>} pages
 */
export default async function settlePrint() {
  await window.__deckReady;
  /** @param {string} source */
  const decode = (source) => {
    const image = new Image();
    image.src = source;
    return image.decode().catch(() => {});
  };
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  const videos = /** @type {NodeListOf<HTMLVideoElement>} */ (document.querySelectorAll("video[poster]"));
  await Promise.all([...videos].map((video) => decode(video.poster)));
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return document.querySelectorAll(".pdf-page").length;
}
