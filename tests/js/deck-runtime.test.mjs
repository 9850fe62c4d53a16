/** The parts of the deck's runtime that need no browser, and what keeps its files true to each other. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { bundle } from "../../assets/deck/bundle.mjs";
import { replaceColours, SENTINEL, withColours } from "../../assets/deck/chart-option.mjs";
import { slideWidth } from "../../assets/deck/config.mjs";
import { parseLineSteps } from "../../assets/deck/line-steps.mjs";

const asset = (path) => readFile(new URL(`../../assets/${path}`, import.meta.url), "utf8");

test("line steps are numbers and ranges; a step without a number shows everything", () => {
  const steps = parseLineSteps("1|3-5,8|all").map((lines) => [...lines]);
  assert.deepEqual(steps, [[1], [3, 4, 5, 8], []]);
});

test("aspect ratios share one height, and nonsense is 16:9", () => {
  assert.deepEqual(["16:9", "4:3", "16/10", "1.5", "0:0", "wide"].map(slideWidth), [1280, 960, 1152, 1080, 1280, 1280]);
});

test("stand-in colours are replaced wherever they stand in an option, and the option stays as it was", () => {
  const option = { color: [SENTINEL["chart-1"]], label: { rich: `a ${SENTINEL["chart-text"].toUpperCase()} b` }, n: 1, none: null };
  const coloured = withColours(option, (property) => `<${property}>`);
  assert.deepEqual(coloured, { color: ["<--chart-1>"], label: { rich: "a <--chart-text> b" }, n: 1, none: null });
  assert.equal(option.color[0], SENTINEL["chart-1"]);
  assert.equal(replaceColours("#123456", () => "x"), "#123456");
});

test("each custom property that charts name is defined by the theme", async () => {
  const css = await asset("deck/css/tokens.css");
  for (const name of Object.keys(SENTINEL)) assert.match(css, new RegExp(`--${name}:`), name);
});

// Contrast as WCAG 2 defines it.
function luminance(hex) {
  const channels = [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one, two) {
  const [high, low] = [luminance(one), luminance(two)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

test("text has a contrast of 7:1 and chart colours 3:1 on both surfaces, light and dark", async () => {
  const css = (await asset("deck/css/tokens.css")) + (await asset("deck/css/code.css"));
  const pairs = Object.fromEntries(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [name, [light, dark]]),
  );
  const wanted = { ink: 7, muted: 7, accent: 7, "accent-warm": 7 };
  for (const name of Object.keys(pairs)) if (name.startsWith("code-")) wanted[name] = 7;
  for (let n = 1; n <= 6; n += 1) wanted[`chart-${n}`] = 3;
  assert.ok(Object.keys(wanted).length > 15);
  for (const [name, ratio] of Object.entries(wanted)) {
    for (const surface of ["surface", "surface-raised"]) {
      for (const theme of [0, 1]) {
        const reached = contrast(pairs[name][theme], pairs[surface][theme]);
        assert.ok(reached >= ratio, `--${name} on --${surface}, ${["light", "dark"][theme]}: ${reached.toFixed(2)}`);
      }
    }
  }
});

// What is left of a colour without red, green or blue cones. Source: Machado, Oliveira & Fernandes, "A physiologically-based model
// for simulation of color vision deficiency", 2009, severity 1.
const VISION = {
  "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  "no green cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  "no blue cones": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** Where a colour is in OKLab, as seen with some cones. Source: Ottosson, "A perceptual color space for image processing", 2020. */
function seen(hex, cones) {
  const linear = [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, entry, k) => sum + entry * vector[k], 0));
  const rgb = times(cones, linear).map((c) => Math.min(Math.max(c, 0), 1));
  const lms = times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], rgb);
  return times([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]], lms.map(Math.cbrt));
}

test("any two series of a chart differ, with and without colour blindness, light and dark", async () => {
  const css = await asset("deck/css/tokens.css");
  for (const theme of [1, 2]) {
    const colours = [1, 2, 3, 4, 5, 6].map((n) => new RegExp(`--chart-${n}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css)[theme]);
    for (const [vision, cones] of Object.entries(VISION)) {
      for (const [k, one] of colours.entries()) {
        for (const other of colours.slice(0, k)) {
          const distance = Math.hypot(...seen(one, cones).map((value, axis) => value - seen(other, cones)[axis]));
          assert.ok(distance > 0.07, `${one} and ${other} with ${vision}: ${distance.toFixed(3)}`);
        }
      }
    }
  }
});

test("the page's policy allows the speaker window's script of the pinned reveal.js, and no remote source", async () => {
  const notes = await asset("node_modules/reveal.js/dist/plugin/notes.mjs");
  const literal = /document\.write\(("(?:[^"\\]|\\.)*")\)/.exec(notes)[1];
  const page = new Function(`return ${literal}`)();
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)[1];
  const hash = createHash("sha256").update(script).digest("base64");
  const template = await asset("deck/template.html.j2");
  assert.ok(template.includes(`'sha256-${hash}'`), `the hash in template.html.j2 must be 'sha256-${hash}'`);
  assert.doesNotMatch(template, /https?:\/\//);
});

test("the bundle is classic script and style below 1 MB compressed, with nothing remote to load", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bundle-"));
  try {
    const sizes = await bundle(folder);
    const script = await readFile(join(folder, "deck.js"), "utf8");
    const style = await readFile(join(folder, "deck.css"), "utf8");
    assert.ok(sizes["deck.js"].gzip <= 400_000, `deck.js: ${sizes["deck.js"].gzip} bytes compressed`);
    assert.doesNotMatch(script, /^\s*(import|export)\s/m);
    assert.doesNotMatch(style, /@import|url\(["']?(?!["']?data:)/);
    assert.ok(!style.includes("font/ttf") && style.includes("font/woff2"));
  } finally {
    await rm(folder, { recursive: true });
  }
});
