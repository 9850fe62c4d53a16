/**
 * A canvas that is sharp under reveal's scaling: it has as many pixels as the screen shows of it, and is drawn on in the
 * slide's own pixels. Pointer positions on it are `offsetX`, `offsetY`: those are right under a transform.
 */

const MOST_PIXELS_PER_PIXEL = 4;

export class Surface {
  /**
   * @param {HTMLElement} host  filled by the canvas
   * @param {import("../hooks.mjs").Hooks} hooks
   * @param {() => void} redraw  called when the size or the colours have changed
   * @param {string} [ground]  the colour that lies under everything, a custom property; without one the page shines through
   */
  constructor(host, hooks, redraw, ground) {
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    host.append(this.canvas);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: ground === undefined }));
    // An opaque canvas needs no blending with its background, which is half the work if the CPU draws.
    this.ground = ground;
    this.width = 0;
    this.height = 0;
    /** @type {Map<string, string>} */
    this.colours = new Map();
    this.hooks = hooks;
    const refit = () => {
      if (this.#fit()) redraw();
    };
    this.observer = new ResizeObserver(refit);
    this.observer.observe(host);
    // reveal sets its scale in its own listener, which has run by the next frame.
    this.onResize = () => requestAnimationFrame(refit);
    addEventListener("resize", this.onResize);
    this.forgetTheme = hooks.onThemeChange(() => {
      this.colours.clear();
      redraw();
    });
    this.host = host;
    this.font = getComputedStyle(host).fontFamily;
    this.#fit();
  }

  /** The canvas's size follows the host's; returns whether it has one and has changed. */
  #fit() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return false;
    const density = Math.min(MOST_PIXELS_PER_PIXEL, Math.max(1, devicePixelRatio * this.hooks.scale()));
    const [across, down] = [Math.round(width * density), Math.round(height * density)];
    if (across === this.canvas.width && down === this.canvas.height && width === this.width && height === this.height) return false;
    this.canvas.width = across;
    this.canvas.height = down;
    this.width = width;
    this.height = height;
    return true;
  }

  /** The context, wiped, in the slide's pixels. */
  begin() {
    const { context, canvas, width, height } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (this.ground === undefined) context.clearRect(0, 0, canvas.width, canvas.height);
    else {
      context.fillStyle = this.colour(this.ground);
      context.fillRect(0, 0, canvas.width, canvas.height);
    }
    if (width > 0) context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
    return context;
  }

  /** The colour of a custom property, read once per theme. @param {string} property */
  colour(property) {
    let found = this.colours.get(property);
    if (found === undefined) {
      found = this.hooks.colourOf(property);
      this.colours.set(property, found);
    }
    return found;
  }

  destroy() {
    this.observer.disconnect();
    removeEventListener("resize", this.onResize);
    this.forgetTheme();
    this.canvas.remove();
  }
}
