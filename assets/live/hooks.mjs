/** What a demo is given by the page that it stands in, and what it gives back. */

/**
 * @typedef {object} Hooks
 * @property {(property: string) => string} colourOf  the colour that a custom property such as `--chart-1` has now
 * @property {(listener: () => void) => () => void} onThemeChange  calls the listener after each change of colours; returns a function that ends this
 * @property {boolean} reducedMotion  the system asks for less motion: nothing moves until it is started by hand
 * @property {() => number} scale  how much larger than its own pixels the slide is shown
 * @property {(state: Record<string, number | string | boolean>) => void} share  what the presenter chose, for the speaker window
 * @property {(text: string) => void} explain  where what is seen now comes from, for the provenance panel
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
 * @property {Record<string, any>} settings  of the fence over the defaults of `demo.json`
 * @property {DemoSpec} spec
 * @property {any} data  of the task's run, see `wann_core/figures/live_data.py`; undefined if the demo needs none
 * @property {Hooks} hooks
 */

/** A setting as `demo.json` has it; `wann_core/deck/source/live_demo.py` says what each may hold. @typedef {{type: string, help: string, min?: number, max?: number, of?: string[], default?: unknown}} Setting */

/**
 * What a `demo.json` says, in as far as the page reads it.
 *
 * @typedef {object} DemoSpec
 * @property {string} title
 * @property {string | null} task  whose data it needs
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
