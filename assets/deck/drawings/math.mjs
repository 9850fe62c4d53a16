/** A formula as HTML and MathML: `{"kind": "math", "tex", "display"}`. */
import katex from "katex";

/** Its name in messages to authors. */
export const called = "this formula";

/** @param {import("../render.mjs").Job} job */
export async function draw({ tex, display }) {
  const settings = { displayMode: Boolean(display), throwOnError: true, strict: "ignore", trust: false, output: "htmlAndMathml" };
  return { html: katex.renderToString(tex, /** @type {any} */ (settings)) };
}
