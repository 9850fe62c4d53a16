/**
 * Renders a batch of charts, formulas and diagrams to HTML that needs no script: `node render.mjs [SECONDS] < jobs > results`, where
 * the jobs are one line of JSON, and the input stays open until the results are there. A job may take SECONDS, 10 where not given.
 *
 * Jobs are a JSON list of `{"id", "kind": "chart", "option", "width", "height"}`, `{"id", "kind": "math", "tex", "display"}` and
 * `{"id", "kind": "dot", "source"}`. Results are a list in the same order: `{"id", "svg"}`, `{"id", "html"}`, or `{"id", "error"}`
 * for a job that could not be drawn, which stops no other job. A library is loaded when the first job asks for it.
 */
import { createHash } from "node:crypto";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import { CHART_FONT, chartTheme, replaceColours, reviveOption, SENTINEL } from "./chart-option.mjs";

/** @typedef {{id: string, kind: string, [key: string]: any}} Job */
/** @typedef {{id: string, svg?: string, html?: string, error?: string}} Result */

/** One drawing function per kind of job. @type {Record<string, (job: Job) => Promise<object>>} */
const RENDERERS = { chart: renderChart, math: renderMath, dot: renderDot };

/**
 * @param {Job[]} jobs
 * @returns {Promise<Result[]>}
 */
export async function renderBatch(jobs) {
  const results = [];
  for (const job of jobs) results.push(await renderOne(job));
  return results;
}

/** @param {Job} job  @returns {Promise<Result>} */
async function renderOne(job) {
  const render = Object.hasOwn(RENDERERS, job.kind) ? RENDERERS[job.kind] : undefined;
  if (render === undefined) {
    return { id: job.id, error: `kind "${job.kind}" is unknown; there are: ${Object.keys(RENDERERS).join(", ")}` };
  }
  try {
    return { id: job.id, ...(await render(job)) };
  } catch (error) {
    return { id: job.id, error: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {Job} job */
async function renderChart({ option, width, height }) {
  if (option === null || typeof option !== "object" || Array.isArray(option)) {
    throw new Error("an ECharts option must be a JSON object");
  }
  if (!(width > 0 && height > 0)) throw new Error(`a chart of ${width} x ${height} pixels cannot be drawn`);
  const { echarts } = await import("./echarts-parts.mjs");
  const chart = echarts.init(null, chartTheme(), { renderer: "svg", ssr: true, width, height });
  try {
    const complaints = complaintsOf(() => chart.setOption(reviveOption(option, { animation: false, width })));
    if (complaints.length > 0) throw new Error(complaints.join("; "));
    const svg = withOwnIds(chart.renderToSVGString(), JSON.stringify([option, width, height]));
    return { svg: themed(withoutDeadWeight(svg)) };
  } finally {
    chart.dispose(); // a chart that is left keeps a timer, and so Node, running for ever
  }
}

/**
 * ECharts says what is wrong with an option on the console only.
 *
 * @param {() => void} draw
 * @returns {string[]}
 */
function complaintsOf(draw) {
  /** @type {string[]} */
  const complaints = [];
  const originals = { error: console.error, warn: console.warn };
  console.error = (...parts) => complaints.push(parts.join(" "));
  console.warn = () => {};
  try {
    draw();
  } finally {
    Object.assign(console, originals);
  }
  return complaints;
}

/** @param {Job} job */
async function renderMath({ tex, display }) {
  const { default: katex } = await import("katex");
  const settings = { displayMode: Boolean(display), throwOnError: true, strict: "ignore", trust: false, output: "htmlAndMathml" };
  return { html: katex.renderToString(tex, /** @type {any} */ (settings)) };
}

/** @param {Job} job */
async function renderDot({ source }) {
  const { instance } = await import("@viz-js/viz");
  const viz = await (graphviz ??= instance());
  const text = { fontname: "Helvetica", fontsize: 20, fontcolor: SENTINEL["chart-text"] };
  const drawn = viz.render(source, {
    format: "svg",
    graphAttributes: { bgcolor: "transparent", color: SENTINEL["chart-muted"], pad: 0.1, ...text },
    nodeAttributes: { color: SENTINEL["chart-1"], penwidth: 2, ...text },
    edgeAttributes: { color: SENTINEL["chart-muted"], penwidth: 2, ...text },
  });
  if (drawn.status !== "success") throw new Error(drawn.errors.map((error) => error.message.trim()).join("; "));
  // A diagram stands inside a page: no XML prologue, no document type, and the page's fonts.
  const svg = drawn.output.slice(drawn.output.indexOf("<svg")).replaceAll('font-family="Helvetica,sans-Serif"', 'font-family="inherit"');
  return { svg: themed(withPrefixedIds(svg, source)).trim() };
}

/** @type {Promise<import("@viz-js/viz").Viz> | undefined} */
let graphviz;

/**
 * What only a chart's own page needs: hooks for its scripts and hover styles, and the font that the slide has anyway.
 *
 * @param {string} svg
 */
function withoutDeadWeight(svg) {
  return svg
    .replace(/ ecmeta_\w+="[^"]*"/g, "")
    .replaceAll(`font-family:${CHART_FONT};`, "")
    .replace(/<style[\s\S]*?<\/style>\s*/g, "")
    .replace(/ class="[\w-]*cls-\d+"/g, "");
}

/** @param {string} svg */
function themed(svg) {
  return replaceColours(svg, (property) => `var(${property})`);
}

/**
 * ECharts counts its ids from 0 in each process, and drawings of several builds meet on one page.
 *
 * @param {string} svg
 * @param {string} identity
 */
function withOwnIds(svg, identity) {
  return svg.replace(/\bzr\d+-/g, `c${shortHash(identity)}-`);
}

/** @param {string} svg  @param {string} identity */
function withPrefixedIds(svg, identity) {
  return svg.replace(/ id="/g, ` id="d${shortHash(identity)}-`);
}

/** @param {string} text */
function shortHash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/**
 * Draws each job in a thread of its own, which is ended where a job takes too long: a layout engine that has lost itself in a
 * diagram heeds nothing else. Ends itself when its input closes before the results are out, for then nobody waits for them.
 *
 * @param {Job[]} jobs
 * @param {number} limitMs  the longest time that one job may take, the loading of its library included
 * @returns {Promise<Result[]>}
 */
export async function renderWithLimit(jobs, limitMs) {
  /** @type {Result[]} */
  const results = [];
  /** @type {Worker | undefined} */
  let thread;
  for (const job of jobs) {
    thread ??= new Worker(new URL(import.meta.url), { workerData: { isRenderer: true } });
    const result = await resultOf(thread, job, limitMs);
    if (result === undefined) {
      await thread.terminate();
      thread = undefined;
    }
    results.push(result ?? { id: job.id, error: `${TOO_SLOW[job.kind] ?? "this"} takes longer than ${limitMs / 1000} s to draw` });
  }
  await thread?.terminate();
  return results;
}

/** What is too slow, in a writer's words. @type {Record<string, string>} */
const TOO_SLOW = { chart: "this chart", math: "this formula", dot: "this diagram" };

/**
 * @param {Worker} thread
 * @param {Job} job
 * @param {number} limitMs
 * @returns {Promise<Result | undefined>}  nothing after the limit
 */
function resultOf(thread, job, limitMs) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => resolve(undefined)), limitMs);
    /** @param {() => void} how */
    const settle = (how) => {
      clearTimeout(timer);
      thread.removeAllListeners("message");
      thread.removeAllListeners("error");
      how();
    };
    thread.on("message", (result) => settle(() => resolve(result)));
    thread.on("error", (error) => settle(() => reject(error)));
    thread.postMessage(job);
  });
}

async function main() {
  const limitMs = 1000 * Number(process.argv[2] ?? 10);
  process.stdin.setEncoding("utf8");
  let input = "";
  await new Promise((resolve) => {
    process.stdin.on("data", (chunk) => {
      input += chunk;
      if (input.includes("\n")) resolve(undefined);
    });
    process.stdin.on("end", resolve);
  });
  // What follows the first line is only that the input stays open for as long as somebody waits.
  process.stdin.on("end", () => process.exit(1));
  const results = await renderWithLimit(JSON.parse(input), limitMs);
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
}

if (!isMainThread && workerData?.isRenderer) {
  parentPort?.on("message", async (job) => parentPort?.postMessage(await renderOne(job)));
} else if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main();
}
