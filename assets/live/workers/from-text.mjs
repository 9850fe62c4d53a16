/** Starts a worker from its bundled text: over file:// a Blob is the only place that a worker may come from. */

/** @param {string} source @param {string} name */
export function workerFromText(source, name) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address, { name });
  // The worker has its script when it first answers; releasing the address earlier is a race in some browsers.
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
