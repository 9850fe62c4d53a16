/**
 * Renders a batch of charts, formulas and diagrams to HTML that needs no script: `node render.mjs [SECONDS] < jobs > results`. The
 * jobs are one line of JSON, and the input stays open until the results are complete. A job may take SECONDS (default: 10).
 *
 * Jobs are a JSON list of `{"id", "kind", ...}`. A kind is a module in drawings/, which defines the other fields of its jobs; its
 * function `draw` returns `{"svg"}` or `{"html"}`, and `called` names what it draws. Results are a list in the same order:
 * `{"id", "svg"}`, `{"id", "html"}`, or `{"id", "error"}` for a job that could not be drawn; the other jobs continue. A module is
 * loaded for its first job.
 */
import { readdirSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** @typedef {{id: string, kind: string, [key: string]: any}} Job */
/** @typedef {{id: string, svg?: string, html?: string, error?: string}} Result */

const DRAWINGS = new URL("./drawings/", import.meta.url);
const KINDS = readdirSync(DRAWINGS).filter((name) => name.endsWith(".mjs")).map((name) => name.slice(0, -".mjs".length)).sort();

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
  if (!KINDS.includes(job.kind)) {
    return { id: job.id, error: `kind "${job.kind}" is unknown; there are: ${KINDS.join(", ")}` };
  }
  try {
    const { draw } = await drawingOf(job);
    return { id: job.id, ...(await draw(job)) };
  } catch (error) {
    return { id: job.id, error: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {Job} job  @returns {Promise<{draw: (job: Job) => Promise<object>, called: string}>} */
function drawingOf({ kind }) {
  return import(new URL(`${kind}.mjs`, DRAWINGS).href);
}

/** @param {Job} job  @returns {Promise<string>} the name of a drawing that is too slow, for authors */
async function calledOf(job) {
  return (await drawingOf(job)).called;
}

/**
 * Draws each job in its own thread, which is stopped if the job takes too long, because a layout engine in an endless computation
 * reacts to nothing else. The process ends if its input closes before the results are written: then nobody waits for them.
 *
 * @param {Job[]} jobs
 * @param {number} limitMs  the longest time for one job, including the loading of its library
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
    results.push(result ?? { id: job.id, error: `${await calledOf(job)} takes longer than ${limitMs / 1000} s to draw` });
  }
  await thread?.terminate();
  return results;
}

/**
 * @param {Worker} thread
 * @param {Job} job
 * @param {number} limitMs
 * @returns {Promise<Result | undefined>}  undefined if the limit has passed
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
  // After the first line nothing is read; the open input only means that somebody is waiting.
  process.stdin.on("end", () => process.exit(1));
  const results = await renderWithLimit(JSON.parse(input), limitMs);
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
}

if (!isMainThread && workerData?.isRenderer) {
  parentPort?.on("message", async (job) => parentPort?.postMessage(await renderOne(job)));
} else if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main();
}
