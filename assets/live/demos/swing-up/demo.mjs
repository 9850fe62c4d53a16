/** The playground: with a weight that the audience chooses, the champion swings the pole up, and the fixed topology does not. */
import { ANGLE, DT_S, MAX_STEPS, STATE_SIZE } from "../../models/cart-pole.mjs";
import { WEIGHT_LIMIT } from "../../models/chosen-network.mjs";
import { CURVE_SEEDS } from "../../models/score-curve.mjs";
import { Playground } from "../../models/playground.mjs";
import { CartView } from "../../views/cart-view.mjs";
import { CurveView, meanAt } from "../../views/curve-view.mjs";
import { NetworkView } from "../../views/network-view.mjs";
import { ScoreCurveClient } from "../../workers/score-curve-client.mjs";
import { ChampionDemo } from "../../champion/champion-demo.mjs";
import { measureCurve } from "./benchmark.mjs";
import { Panel, describe } from "./panel.mjs";

/** Angular acceleration of the pole in rad/s^2 per metre between its tip and the pointer, and its maximum. */
const PULL = 45;
const MOST_PULL = 60;
/** The push of a key: number of steps, and angular acceleration. */
const KICK = { steps: 12, acceleration: 40 };

/** @type {import("../../hooks.mjs").DemoCode} */
export const demo = { mount: (element, options) => new Demo(element, options), benchmark: measureCurve };

class Demo extends ChampionDemo {
  /**
   * @param {HTMLElement} element
   * @param {import("../../hooks.mjs").Options} options
   */
  constructor(element, { settings, data, hooks }) {
    super(hooks);
    this.playground = new Playground(data, {
      weight: settings.weight === undefined ? undefined : Number(settings.weight),
      seed: settings.seed === undefined ? undefined : Number(settings.seed),
      isTuned: Boolean(settings.tuned),
      isChaotic: Boolean(settings.wild),
    });
    this.shows = new Set(/** @type {string[]} */ (settings.show));
    const actions = this.#actions();
    this.actions = actions;
    Object.assign(this.ownKeys, { w: actions.wild, q: () => (this.kick = KICK.steps) });
    this.panel = new Panel(element, actions, { hasTuned: this.playground.tuned !== null, shows: this.shows });
    this.cart = new CartView(this.panel.stage, hooks);
    this.network = new NetworkView(this.panel.network, hooks, {
      inputNames: data.inputNames,
      outputNames: data.outputNames,
      onConnection: (connection) => this.#edit(() => this.playground.toggleConnection(connection)),
      onNode: (node) => this.#edit(() => this.playground.cycleActivation(node)),
    });
    this.network.show(this.playground.original);
    this.curve = new CurveView(this.panel.curve, hooks, {
      limit: WEIGHT_LIMIT,
      onPick: (weight, isFinal) => this.#slide(weight, isFinal),
    });
    this.views.push(this.cart, this.network, this.curve);
    this.curves = new ScoreCurveClient(WEIGHT_LIMIT);
    this.client = this.curves;
    const recorded = (/** @type {string} */ topology) => Float64Array.from(data.scores?.weight_curve?.[topology] ?? [], (row) => row.mean);
    /** The recorded curves are shown until the page has computed its own. @type {Record<"wann" | "before" | "fixed", Float64Array>} */
    this.means = { wann: recorded("wann"), before: recorded("wann"), fixed: recorded("fixed") };
    /** @type {number | null} */
    this.tunedMean = null;
    /** Nothing has moved yet: the end of an episode is shown with its score. */
    this.isStill = hooks.reducedMotion;
    this.kick = 0;
    this.shown = new Float64Array(STATE_SIZE);
    this.shownFixed = new Float64Array(STATE_SIZE);
    this.listenTo(this.cart.surface.canvas);
    if (this.isStill) this.playground.finish();
    if (this.shows.has("curve")) this.#askForCurve();
    this.#choose();
  }

  get weight() {
    return this.playground.weight;
  }

  get share() {
    return this.playground.wann.isOver ? 1 : this.playground.owed / DT_S;
  }

  /** @returns {import("./panel.mjs").Actions} */
  #actions() {
    const { playground } = this;
    const afresh = (/** @type {() => void} */ change) => {
      change();
      this.#restart();
      this.#choose();
    };
    return {
      weight: (weight, isFinal) => this.#slide(weight, isFinal),
      preset: (weight) => afresh(() => playground.setWeight(weight)),
      tuned: () => afresh(() => playground.setTuned()),
      restart: () => afresh(() => {}),
      next: () => afresh(() => playground.setSeed(playground.seed + 1)),
      wild: () => afresh(() => playground.setChaotic(!playground.isChaotic)),
      resetNetwork: () => this.#edit(() => playground.resetNetwork()),
      pause: () => {
        this.isPaused = !this.isPaused;
        if (this.isStill) this.playground.restart();
        this.isStill = false;
        this.#choose();
        if (this.isRunning) this.go();
      },
    };
  }

  #restart() {
    this.playground.restart();
    if (this.isStill) this.playground.finish();
  }

  /** The world continues while the slider moves; a fixed topology that failed starts again when the slider is released. */
  #slide(/** @type {number} */ weight, /** @type {boolean} */ isFinal) {
    this.playground.setWeight(weight);
    if (isFinal) this.playground.restartFixedIfOver();
    if (this.isStill) this.#restart();
    this.#choose();
  }

  #edit(/** @type {() => void} */ change) {
    change();
    const { playground } = this;
    this.network.edit(playground.cut, playground.activations);
    this.means.wann = new Float64Array(0);
    this.tunedMean = null;
    if (this.shows.has("curve")) this.#askForCurve();
    if (this.isStill) this.#restart();
    this.#choose();
  }

  #askForCurve() {
    const { playground } = this;
    const tuned = playground.tuned;
    const individual = tuned ? tuned.filter((_, k) => !playground.cut[k]) : null;
    const isOriginal = !playground.isEdited;
    this.curves.ask(playground.network, individual, (curve) => {
      if (isOriginal && !curve.isComplete && this.means.before.length > 0) return; // the recorded curve is shown
      this.means.wann = curve.means;
      this.tunedMean = curve.individual;
      if (isOriginal) this.means.before = curve.means;
      this.#choose();
    });
  }

  get #mean() {
    const { playground, means } = this;
    if (playground.isTuned) return this.tunedMean;
    return means.wann.length > 0 ? meanAt(means.wann, WEIGHT_LIMIT, playground.weight) : null;
  }

  /** What the picture shows; for the provenance panel. */
  get #origin() {
    const { isEdited } = this.playground;
    const network = isEdited ? "The champion with your changes" : "The champion";
    return `${network} and the physics of the task, computed in this page; the curve is of ${CURVE_SEEDS} episodes per weight`;
  }

  /** The state for the speaker window and for the address of the demo's own page. */
  get #state() {
    const { weight, seed, isTuned, isChaotic, finals } = this.playground;
    /** @type {Record<string, number | boolean>} */
    const state = isTuned ? { tuned: true } : { weight: Math.round(weight * 100) / 100 };
    Object.assign(state, { seed, wild: isChaotic });
    if (finals.wann !== null) state["last score"] = Math.round(finals.wann.score);
    return state;
  }

  /** A choice or a curve has changed: update everything that does not depend on time. */
  #choose() {
    const { playground, means } = this;
    this.panel.showChoices(playground, this.isPaused, this.#mean);
    this.curve.show([
      ...(this.shows.has("fixed") ? [{ means: means.fixed, colour: "--chart-muted", width: 2.5, dash: [6, 5] }] : []),
      ...(playground.isEdited ? [{ means: means.before, colour: "--chart-1", width: 2, dash: [2, 4] }] : []),
      { means: means.wann, colour: "--chart-1", width: 3.5, hasArea: true },
    ]);
    this.curve.draw({ weight: playground.isTuned ? null : playground.weight, score: this.#mean });
    this.hooks.share(this.#state);
    this.hooks.explain(this.#origin);
    this.settle();
  }

  /** @param {number} seconds */
  advance(seconds) {
    return this.playground.advance(seconds, () => this.#push());
  }

  /** @param {number} share  share of the current step @param {boolean} withText */
  paint(share, withText) {
    const { playground, shown, shownFixed } = this;
    const { wann, fixed } = playground;
    this.cart.draw(wann.between(share, shown), {
      ghost: this.shows.has("fixed") ? fixed.between(fixed.isOver ? 1 : share, shownFixed) : null,
      force: wann.isOver ? 0 : wann.action,
      path: wann.path,
      pull: this.pull,
    });
    this.network.draw(wann.values, playground.drawnWeights, withText);
    if (!withText) return;
    this.panel.wann.set(wann.score, wann.time / MAX_STEPS, describe(wann, playground.finals.wann));
    this.panel.fixed.set(fixed.score, fixed.time / MAX_STEPS, describe(fixed, playground.finals.fixed));
    this.panel.stage.setAttribute("aria-label", `Cart-pole: pole ${Math.cos(wann.state[ANGLE]) > 0.9 ? "upright" : "not upright"}`);
  }

  announce() {
    const { wann, fixed } = this.playground.finals;
    this.panel.announcement.textContent = `Final score: WANN ${Math.round(wann?.score ?? 0)}, fixed topology ${Math.round(fixed?.score ?? 0)}`;
    this.#choose();
  }

  /** The angular acceleration that a pointer or a key adds to the pole now. */
  #push() {
    const { state } = this.playground.wann;
    if (this.kick > 0) {
      this.kick -= 1;
      return KICK.acceleration;
    }
    if (this.pull === null) return 0;
    const { x, y } = this.cart.fromTip(state, this.pull);
    const along = x * Math.cos(state[ANGLE]) - y * Math.sin(state[ANGLE]);
    return Math.min(MOST_PULL, Math.max(-MOST_PULL, PULL * along));
  }
}
