/** What a demo is given by the page that it stands in, and what it gives back. */

/**
 * @typedef {object} Hooks
 * @property {(property: string) => string} colourOf  the colour that a custom property such as `--chart-1` has now
 * @property {(listener: () => void) => () => void} onThemeChange  told after each change of colours; returns what ends that
 * @property {boolean} reducedMotion  the system asks for less motion: nothing moves until it is started by hand
 * @property {() => number} scale  how much larger than its own pixels the slide is shown
 * @property {(state: Record<string, number | string | boolean>) => void} share  what the presenter chose, for the speaker window
 */

/**
 * @typedef {object} Demo
 * @property {() => void} start  its slide is seen
 * @property {() => void} stop  its slide is left: no frame, no worker goes on
 * @property {() => void} destroy  it is taken out of the page
 * @property {(key: string) => boolean} [press]  one of its own keys was pressed; returns whether it was one
 */

/**
 * @typedef {object} Options
 * @property {Record<string, any>} settings  of the fence
 * @property {any} data  of the task's run, see `wann_core/figures/live_data.py`
 * @property {Hooks} hooks
 */

/**
 * @typedef {object} Entry
 * @property {string} title
 * @property {[key: string, description: string][]} keys  its own keys, for the corner and the help overlay
 * @property {string} task  whose data it shows
 * @property {(element: HTMLElement, options: Options) => Demo} mount
 * @property {(data: any) => Promise<import("./benchmark.mjs").Measurement[]>} [benchmark]  its own measurements
 */

export {};
