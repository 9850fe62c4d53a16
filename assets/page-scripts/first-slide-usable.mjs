/**
 * Returns when the first slide was drawn and the page had loaded.
 *
 * @returns {Promise<number>} milliseconds since the navigation began
 */
export default function firstSlideUsable() {
  return new Promise((done) => {
    requestAnimationFrame(() =>
      setTimeout(() => {
        const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
        const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
        done(Math.max(paint, navigation.loadEventEnd));
      }),
    );
  });
}
