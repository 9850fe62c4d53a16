/** The interface between a demo and its page. */

/**
 * @typedef {object} Hooks
 * @property {(property: string) => string} colourOf  the colour that a custom property such as `--chart-1` has now
 * @property {(listener: () => void) => () => void} onThemeChange  calls the listener after each change of colours; returns its end
 * @property {boolean} reducedMotion  the system asks for less motion: nothing moves until it is started by hand
 * @property {() => number} scale  the scale at which the slide is shown
 * @property {(state: Record<string, number | string | boolean>) => void} share  sends the presenter's choices to the speaker window
 * @property {(text: string) => void} explain  sets the origin of what is shown now, for the provenance panel
 */

/**
 * @typedef {object} Demo
 * @property {() => void} start  its slide is seen
 * @property {() => void} stop  its slide is left: all frames and workers stop
 * @property {() => void} destroy  it is taken out of the page
 * @property {(key: string) => boolean} [press]  a key was pressed; returns whether it is one of the demo's keys
 */

/**
 * @typedef {object} Options
 * @property {Record<string, any>} settings  settings of the fence, and the defaults of `demo.json` for the others
 * @property {DemoSpec} spec
 * @property {any} data  data of the task's run, see `wann_core/figures/live_data.py`; undefined if the demo needs none
 * @property {Hooks} hooks
 */

/** A setting as `demo.json` has it; `wann_core/deck/source/live_demo.py` says what each may hold. @typedef {{type: string, help: string, min?: number, max?: number, of?: string[], default?: unknown}} Setting */

/**
 * The fields of a `demo.json` that the page reads.
 *
 * @typedef {object} DemoSpec
 * @property {string} title
 * @property {string | null} task  the task whose data it needs
 * @property {Record<string, Setting>} settings
 * @property {[key: string, description: string][]} keys  its own keys, for the help overlay
 */

/**
 * What a `demo.mjs` exports as `demo`.
 *
 * @typedef {object} DemoCode
 * @property {(element: HTMLElement, options: Options) => Demo} mount
 * @property {(data: any) => Promise<import("./benchmark.mjs").Measurement[]>} [benchmark]  its own measurements
 */

/** @typedef {{spec: DemoSpec, code: DemoCode}} Entry */

export {};
