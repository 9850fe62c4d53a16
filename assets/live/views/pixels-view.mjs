/** A picture of few pixels, each a square. */

export class PixelsView {
  /** @param {HTMLElement} host @param {number} side  pixels per side */
  constructor(host, side) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "is-pixels";
    this.canvas.width = this.canvas.height = side;
    this.canvas.setAttribute("aria-hidden", "true");
    host.append(this.canvas);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.image = this.context.createImageData(side, side);
    this.image.data.fill(255);
  }

  /** @param {Uint8Array} picture  three numbers per pixel */
  draw(picture) {
    const { data } = this.image;
    for (let from = 0, to = 0; from < picture.length; from += 3, to += 4) {
      data[to] = picture[from];
      data[to + 1] = picture[from + 1];
      data[to + 2] = picture[from + 2];
    }
    this.context.putImageData(this.image, 0, 0);
  }

  destroy() {
    this.canvas.remove();
  }
}
