/** A worker's module, bundled to text by assets/deck/bundle.mjs: a page opened from disk can start no worker from a file. */
declare module "*?worker" {
  const source: string;
  export default source;
}
declare module "*.css";
/** Every demo by its folder's name; written by assets/deck/bundle.mjs from the folders in assets/live/demos. */
declare module "every-demo" {
  export const demos: Record<string, import("./hooks.mjs").Entry>;
}
