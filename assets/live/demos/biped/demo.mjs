/** The biped: the champion walks in the page, on another implementation of the physics. The panel says so. */
import { RecordedWalk, Walk } from "../../models/walk.mjs";
import { MAX_STEPS, POSE_SIZE, STEP_S } from "../../models/walker.mjs";
import { WalkerView } from "../../views/walker-view.mjs";
import { MeanClient } from "../../workers/mean-client.mjs";
import { WorldDemo } from "../../champion/world-demo.mjs";

/** Push in Ns per metre between the hull and the pointer, in each step; and the push of a key. */
const PULL = 0.6;
const KICK = { x: 4, y: 4 };

/** @type {import("../../hooks.mjs").DemoCode} */
export const demo = { mount: (element, options) => new Demo(element, options) };

/** @extends {WorldDemo<Walk | RecordedWalk>} */
class Demo extends WorldDemo {
  /** @param {HTMLElement} element @param {import("../../hooks.mjs").Options} options */
  constructor(element, options) {
    const { data, hooks } = options;
    super(element, options, {
      words: { stage: "A two-legged walker", place: "Ground", recorded: "Recorded walk", episodes: "walks" },
      places: data.grounds,
      recordedSeed: data.recording.ground.seed,
      stepS: STEP_S,
      maxSteps: MAX_STEPS,
      begin: (network, weights, place) => new Walk(network, weights, data.grounds[place]),
      beginRecorded: () => new RecordedWalk(data.recording),
      describe,
      client: new MeanClient("biped", data.grounds),
    });
    this.ownKeys.q = () => this.episode.push(KICK.x, KICK.y);
    this.view = new WalkerView(this.panel.stage, hooks);
    this.views.push(this.view);
    this.shown = new Float64Array(POSE_SIZE);
    this.listenTo(this.view.surface.canvas);
    this.choose();
  }

  applyUserForce() {
    if (this.pull === null) return;
    const { x, y } = this.view.fromHull(this.pull);
    this.episode.push(PULL * x, PULL * y);
  }

  /** @param {number} share @param {boolean} withText */
  paintWorld(share, withText) {
    const { episode } = this;
    this.view.draw(episode.between(share, this.shown), episode.ground.heights, this.pull);
    if (withText) this.panel.stage.setAttribute("aria-label", `A two-legged walker after ${Math.round(episode.pose[0])} metres`);
  }
}

/** @param {Walk | RecordedWalk} walk */
function describe(walk) {
  const disturbed = walk.isClean ? "" : "disturbed · ";
  if (!walk.isOver) return `${disturbed}${Math.round(walk.pose[0])} m`;
  if (walk.hasArrived) return `${disturbed}arrived`;
  return `${disturbed}${walk.hasFallen ? "fell" : "time is up"} at ${Math.round(walk.pose[0])} m`;
}
