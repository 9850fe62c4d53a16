/** Starts a worker from its bundled text: over file:// a worker can start only from a Blob. */

/** @param {string} source @param {string} name */
export function workerFromText(source, name) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address, { name });
  // The worker has loaded its script when it first answers; in some browsers an earlier release of the address is a race.
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
