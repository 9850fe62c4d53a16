/** A worker's module, bundled to text by assets/deck/bundle.mjs: a page opened from disk can start no worker from a file. */
declare module "*?worker" {
  const source: string;
  export default source;
}
declare module "*.css";
