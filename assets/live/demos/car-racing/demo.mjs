/** Car racing: the champion drives in the page, from pixels, on another implementation of the physics. The panel says so. */
import { MAX_STEPS, POSE_SIZE, Road, STEP_S } from "../../models/car/car.mjs";
import { Drive, RecordedDrive, describe, eyesWith } from "../../models/car/drive.mjs";
import { paved } from "../../models/car/track.mjs";
import { N_LATENTS, SIDE, Encoder, singlesOf, tensorsOf } from "../../models/encoder/encoder.mjs";
import { CarView } from "../../views/car-view.mjs";
import { button, make, setPressed, setText } from "../../views/controls.mjs";
import { MeanClient } from "../../workers/mean-client.mjs";
import { Wheel } from "./wheel.mjs";
import { invite } from "../../champion/champion-demo.mjs";
import { EncoderPanel } from "./encoder-panel.mjs";
import { WorldDemo } from "../../champion/world-demo.mjs";

/** How to drive: the first text for a driver with keys or mouse, the second for a finger; both ways always work. */
const BY_KEY = "arrow keys drive, Esc ends it";
const BY_FINGER = "press where to go; behind brakes";

/** Number of steps between two reconstructions of the picture; larger in plain JavaScript, where one takes 50 ms. */
const REBUILT_EVERY = 6;
const REBUILT_EVERY_PLAIN = 100;

/** @type {import("../../hooks.mjs").DemoCode} */
export const demo = { mount };

/** @param {HTMLElement} element @param {import("../../hooks.mjs").Options} options */
function mount(element, options) {
  const { data } = options;
  const eyes = eyesWith(new Encoder(tensorsOf(data.encoder)));
  /** @type {Map<number, Road>} */
  const roads = new Map();
  const roadOf = (/** @type {number} */ place) => {
    const { seed, middle } = data.tracks[place];
    const road = roads.get(place) ?? new Road(paved(seed, singlesOf(middle)));
    roads.set(place, road);
    return road;
  };
  return new Demo(element, options, eyes, roadOf);
}

/** @extends {WorldDemo<Drive | RecordedDrive>} */
class Demo extends WorldDemo {
  /**
   * @param {HTMLElement} element
   * @param {import("../../hooks.mjs").Options} options
   * @param {import("../../models/car/drive.mjs").Eyes} eyes
   * @param {(place: number) => Road} roadOf
   */
  constructor(element, options, eyes, roadOf) {
    const { data, hooks } = options;
    const { recording } = data;
    const encoderPanel = new EncoderPanel();
    const encoderTensors = Object.fromEntries(Object.entries(data.encoder).filter(([name]) => name.startsWith("encoder.")));
    const recordedPlace = data.tracks.findIndex((/** @type {{seed: number}} */ { seed }) => seed === recording.seed);
    super(element, options, {
      words: { stage: "A car on its track, from above", place: "Track", recorded: "Recorded drive", episodes: "drives" },
      places: data.tracks,
      recordedSeed: recording.seed,
      stepS: STEP_S,
      maxSteps: MAX_STEPS,
      begin: (network, weights, place) => new Drive(network, weights, roadOf(place), eyes),
      beginRecorded: () => new RecordedDrive(recording, roadOf(recordedPlace).track, this.chosen.original, this.tunedWeights, eyes),
      describe,
      client: new MeanClient("car_racing", data.tracks, encoderTensors),
      beside: encoderPanel.element,
    });
    this.eyes = eyes;
    this.encoderPanel = encoderPanel;
    this.view = new CarView(this.panel.stage, hooks);
    this.views.push(this.view, ...encoderPanel.fill(hooks));
    this.wheel = new Wheel((isTaken) => this.#changeHands(isTaken));
    this.ownKeys.q = () => this.#takeOrGive(BY_KEY);
    let hint = BY_KEY;
    this.take = button("Take the wheel", () => {
      this.#takeOrGive(hint);
      hint = BY_KEY;
    });
    this.take.addEventListener("pointerdown", ({ pointerType }) => {
      hint = pointerType === "mouse" ? BY_KEY : BY_FINGER;
    });
    this.take.classList.add("car-take");
    this.hint = make("p", "car-hint");
    this.hint.hidden = true;
    this.panel.stage.after(this.take);
    this.panel.buttons.append(this.hint);
    this.listenTo(this.view.surface.canvas);
    invite(this.view.surface.canvas, false);
    this.shown = new Float64Array(POSE_SIZE);
    this.rebuilt = new Uint8Array(SIDE * SIDE * 3);
    this.rebuiltAt = this.paintedAt = -1;
    this.choose();
  }

  get tunedWeights() {
    return this.chosen.tuned ?? this.chosen.weight;
  }

  stop() {
    this.wheel?.give();
    super.stop();
  }

  applyUserForce() {
    this.wheel.turn(this.pull && this.view.fromCar(this.pull));
  }

  get who() {
    return this.episode.hands === null ? "WANN" : "You";
  }

  begun() {
    this.episode.hands = this.wheel.hands;
    this.rebuiltAt = this.paintedAt = -1;
  }

  /** @param {string} hint  how to drive */
  #takeOrGive(hint) {
    setText(this.hint, hint);
    if (this.wheel.hands === null) this.wheel.take();
    else this.wheel.give();
  }

  /** @param {boolean} isTaken */
  #changeHands(isTaken) {
    setPressed(this.take, isTaken);
    setText(this.take, isTaken ? "Give the wheel back" : "Take the wheel");
    this.hint.hidden = !isTaken;
    invite(this.view.surface.canvas, isTaken);
    this.panel.announcement.textContent = isTaken ? `You drive: ${this.hint.textContent}` : "The network drives";
    if (isTaken && this.isRecorded) {
      this.isRecorded = false;
      this.restart();
    }
    this.episode.hands = this.wheel.hands;
    if (isTaken && this.isPaused) this.actions?.pause();
    else this.choose();
  }

  /** @param {number} share @param {boolean} withText */
  paintWorld(share, withText) {
    const { episode } = this;
    this.view.draw(episode.between(share, this.shown), episode.track, episode.isVisited, episode.hands && this.pull);
    if (!this.isNetworkShown) this.#paintEncoder();
    if (!withText) return;
    this.panel.score.element.classList.toggle("is-you", episode.hands !== null);
    this.panel.stage.setAttribute("aria-label", `A car on its track, from above: ${describe(episode)}`);
  }

  /** Once per step, not per frame: nothing changes between two steps. */
  #paintEncoder() {
    const { episode, eyes, encoderPanel, rebuilt } = this;
    if (episode.time === this.paintedAt) return;
    this.paintedAt = episode.time;
    const every = eyes.encoder.isPlain ? REBUILT_EVERY_PLAIN : REBUILT_EVERY;
    if (this.rebuiltAt < 0 || episode.time >= this.rebuiltAt + every) {
      this.rebuiltAt = episode.time;
      eyes.encoder.decode(episode.values, rebuilt, 1);
      encoderPanel.rebuilt?.draw(rebuilt);
    }
    encoderPanel.seen?.draw(eyes.picture);
    encoderPanel.latents?.draw(episode.values.subarray(1, 1 + N_LATENTS));
  }
}
