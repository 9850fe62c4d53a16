/**
 * Bundles what a deck's page loads: `node bundle.mjs OUT_DIR` writes deck.js, deck.css and, if there are live demos, live.js
 * and live.css, and prints their sizes as JSON: `{"deck.js": {"bytes", "gzip"}, ...}`.
 *
 * The scripts are classic scripts, because modules do not load from file://. Fonts are inside the style sheet, so a page that is
 * opened from disk needs no other file, which could be forgotten when the deck is copied.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIVE = resolve(HERE, "../live/index.mjs");
const DEMOS = resolve(HERE, "../live/demos");
/** Browsers of recent years, because the machine at the podium may not be up to date. */
const BROWSERS = ["chrome123", "edge123", "firefox121", "safari17.5"];

/** Format of the scripts that a page loads. @type {import("esbuild").BuildOptions} */
const SCRIPT = {
  bundle: true,
  format: "iife",
  minify: true,
  target: BROWSERS,
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
};

/** Fonts are included as woff2 only; browsers that need other formats cannot run the deck anyway. @type {import("esbuild").Plugin} */
const woff2Only = {
  name: "woff2-only",
  setup(hooks) {
    hooks.onLoad({ filter: /katex(\.min)?\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      return { contents: css.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, ""), loader: "css" };
    });
  },
};

/**
 * `import source from "./some-worker.mjs?worker"` gives the worker's bundled text. A page opened from disk can start a worker only
 * from a Blob, and a talk in one file has no other file for the worker.
 *
 * @type {import("esbuild").Plugin}
 */
const workersAsText = {
  name: "workers-as-text",
  setup(hooks) {
    hooks.onResolve({ filter: /\?worker$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/\?worker$/, "")),
      namespace: "worker",
    }));
    hooks.onLoad({ filter: /.*/, namespace: "worker" }, async ({ path }) => {
      const { outputFiles } = await build({ ...SCRIPT, entryPoints: [path], write: false });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

/**
 * `import { demos } from "every-demo"` gives each live demo by its name: a folder in `assets/live/demos` with a `demo.json` and a
 * `demo.mjs`. `wann_core/deck/source/live_demo.py` finds the same folders.
 *
 * @type {import("esbuild").Plugin}
 */
const everyDemo = {
  name: "every-demo",
  setup(hooks) {
    hooks.onResolve({ filter: /^every-demo$/ }, ({ path }) => ({ path, namespace: "every-demo" }));
    hooks.onLoad({ filter: /.*/, namespace: "every-demo" }, async () => {
      const folders = (await readdir(DEMOS)).filter((name) => existsSync(join(DEMOS, name, "demo.json"))).sort();
      const imports = folders.map((name, k) => `import spec${k} from "./${name}/demo.json"; import { demo as code${k} } from "./${name}/demo.mjs";`);
      const entries = folders.map((name, k) => `${JSON.stringify(name)}: { spec: spec${k}, code: code${k} }`);
      return { contents: `${imports.join("\n")}\nexport const demos = { ${entries.join(", ")} };`, resolveDir: DEMOS };
    });
  },
};

/**
 * @param {string} outDir
 * @returns {Promise<Record<string, {bytes: number, gzip: number}>>}
 */
export async function bundle(outDir) {
  const entries = [{ in: join(HERE, "index.mjs"), out: "deck" }];
  if (existsSync(LIVE)) entries.push({ in: LIVE, out: "live" });
  const { outputFiles, warnings } = await build({
    ...SCRIPT,
    entryPoints: entries,
    outdir: outDir,
    write: false,
    loader: { ".woff2": "dataurl", ".svg": "dataurl", ".json": "json" },
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [woff2Only, workersAsText, everyDemo],
    nodePaths: [resolve(HERE, "../node_modules")],
  });
  // esbuild only warns of, for example, a missing brace in a style sheet, but half of the page would lose its style.
  const own = warnings.filter(({ location }) => !location?.file.includes("node_modules"));
  if (own.length > 0) throw new Error(own.map(({ text, location }) => `${location?.file}:${location?.line}: ${text}`).join("\n"));
  await mkdir(outDir, { recursive: true });
  /** @type {Record<string, {bytes: number, gzip: number}>} */
  const sizes = {};
  for (const file of outputFiles) {
    const temporary = `${file.path}.tmp`;
    await writeFile(temporary, file.contents);
    await rename(temporary, file.path);
    sizes[basename(file.path)] = { bytes: file.contents.length, gzip: gzipSync(file.contents).length };
  }
  return sizes;
}

async function main() {
  const outDir = process.argv[2];
  if (outDir === undefined) {
    process.stderr.write("usage: node bundle.mjs OUT_DIR\n");
    process.exitCode = 2;
    return;
  }
  try {
    process.stdout.write(`${JSON.stringify(await bundle(resolve(outDir)))}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
