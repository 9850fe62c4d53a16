/** The parts between world and network: the picture, the encoder's latents, and the picture that a decoder rebuilds from them. */
import { N_LATENTS, SIDE } from "../../models/encoder/encoder.mjs";
import { BarsView } from "../../views/bars-view.mjs";
import { make } from "../../views/controls.mjs";
import { PixelsView } from "../../views/pixels-view.mjs";

/** Latents are approximately normal, so larger ones are rare. */
const MOST_LATENT = 3;

export class EncoderPanel {
  constructor() {
    this.element = make("div", "encoder");
    const [seen, latents, rebuilt] = [
      ["encoder-picture", `What it sees: ${SIDE} × ${SIDE} pixels`],
      ["encoder-latents", `What the encoder makes of it: ${N_LATENTS} numbers`],
      ["encoder-picture", "What a decoder rebuilds from them"],
    ].map(([className, description]) => {
      const picture = make("div", className);
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", description);
      return picture;
    });
    this.places = { seen, latents, rebuilt };
    const captions = ["sees", `${N_LATENTS} numbers`, "rebuilt"];
    [seen, latents, rebuilt].forEach((picture, k) => {
      const figure = make("div", k === 1 ? "encoder-part is-wide" : "encoder-part");
      const caption = make("p", "encoder-caption", captions[k]);
      caption.setAttribute("aria-hidden", "true");
      figure.append(picture, caption);
      this.element.append(figure);
    });
  }

  /** Begin to draw; the element is in the page. @param {import("../../hooks.mjs").Hooks} hooks */
  fill(hooks) {
    this.seen = new PixelsView(this.places.seen, SIDE);
    this.rebuilt = new PixelsView(this.places.rebuilt, SIDE);
    this.latents = new BarsView(this.places.latents, hooks, MOST_LATENT);
    return [this.seen, this.rebuilt, this.latents];
  }
}
