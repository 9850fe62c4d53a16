/**
 * The walker of BipedalWalker-v3 on planck, a JavaScript Box2D: the same bodies, joints and ground, made in the same order, the
 * same senses and rewards as `wann_core/tasks/biped/world.py`. planck computes in doubles where Box2D has singles: a walk is
 * Box2D's to four decimals for hundreds of steps, until a footfall differs.
 *
 * Source: Farama Gymnasium, `envs/box2d/bipedal_walker.py` (MIT licence); restated.
 */
import { Box, Edge, Polygon, RevoluteJoint, Vec2, World } from "planck";

export const STEP_S = 1 / 50;
export const MAX_STEPS = 1600;
export const N_INPUTS = 24;
export const N_RAYS = 10;
const SCALE = 30;
export const TERRAIN_STEP_M = 14 / SCALE;
const TERRAIN_HEIGHT_M = 400 / SCALE / 4;
const START_PAD = 20;
export const FINISH_M = (200 - 10) * TERRAIN_STEP_M;
const LEG_DOWN_M = -8 / SCALE;
export const LEG_WIDTH_M = 8 / SCALE;
export const LEG_HEIGHT_M = 34 / SCALE;
/** The outline of the hull in its own frame, in m. */
export const HULL_M = [[-30, 9], [6, 9], [34, 1], [34, -8], [-30, -8]].map(([x, y]) => ({ x: x / SCALE, y: y / SCALE }));
const FRICTION = 2.5;
const HIP_SPEED = 4;
const KNEE_SPEED = 6;
const TORQUE_NM = 80;
const PRICE = 0.00035 * TORQUE_NM;
const FALL_REWARD = -100;
export const LIDAR_M = 160 / SCALE;
/** The lidar's rays from straight down to nearly ahead, in m. */
export const RAYS = Array.from({ length: N_RAYS }, (_, i) => ({ x: Math.sin((1.5 * i) / 10) * LIDAR_M, y: -Math.cos((1.5 * i) / 10) * LIDAR_M }));
/** Numbers per pose: x, y and angle of hull, upper and lower first leg, upper and lower second leg; two feet; the lidar. */
export const POSE_SIZE = 27;
/** The number of columns that change continuously; feet and lidar jump. */
export const N_MOVING = 15;

const OF_WALKER = { filterCategoryBits: 0x20, filterMaskBits: 0x1, restitution: 0 };

/**
 * @typedef {object} Ground
 * @property {number} seed
 * @property {number[]} heights  of 200 vertices, in m
 * @property {number} push  on the hull during the first step, in N
 */

export class Walker {
  /** @param {Ground} ground */
  constructor(ground) {
    this.heights = ground.heights;
    this.world = new World({ gravity: new Vec2(0, -10) });
    meetInOrder(this.world);
    for (let i = 0; i + 1 < ground.heights.length; i += 1) {
      const edge = new Edge(new Vec2(i * TERRAIN_STEP_M, ground.heights[i]), new Vec2((i + 1) * TERRAIN_STEP_M, ground.heights[i + 1]));
      this.world.createBody().createFixture({ shape: edge, friction: FRICTION, filterCategoryBits: 0x1 });
    }
    const x = (TERRAIN_STEP_M * START_PAD) / 2;
    const y = TERRAIN_HEIGHT_M + 2 * LEG_HEIGHT_M;
    this.hull = this.world.createDynamicBody(new Vec2(x, y));
    this.hull.createFixture({ shape: new Polygon(HULL_M), density: 5, friction: 0.1, ...OF_WALKER });
    this.hull.applyForceToCenter(new Vec2(ground.push, 0), true);
    /** Upper, lower, upper, lower. @type {import("planck").Body[]} */
    this.legs = [];
    /** Hip, knee, hip, knee. @type {RevoluteJoint[]} */
    this.joints = [];
    for (const side of [-1, 1]) {
      const upper = this.#leg(x, y - LEG_HEIGHT_M / 2 - LEG_DOWN_M, side * 0.05, LEG_WIDTH_M);
      this.#join(this.hull, upper, new Vec2(0, LEG_DOWN_M), side * 0.05, [-0.8, 1.1]);
      const lower = this.#leg(x, y - (LEG_HEIGHT_M * 3) / 2 - LEG_DOWN_M, side * 0.05, 0.8 * LEG_WIDTH_M);
      this.#join(upper, lower, new Vec2(0, -LEG_HEIGHT_M / 2), 0, [-1.6, -0.1]);
    }
    this.hasFallen = false;
    /** Whether each foot stands: any new contact sets it, any ended one clears it, as in Gymnasium. */
    this.feet = [0, 0];
    this.world.on("begin-contact", (contact) => this.#touch(contact, 1));
    this.world.on("end-contact", (contact) => this.#touch(contact, 0));
    this.time = 0;
    this.score = 0;
    this.isOver = false;
    this.lidar = new Float64Array(N_RAYS).fill(1);
    this.#physics();
    this.shaping = this.#shape();
  }

  /** @param {number} x @param {number} y @param {number} angle @param {number} width */
  #leg(x, y, angle, width) {
    const leg = this.world.createDynamicBody({ position: new Vec2(x, y), angle });
    leg.createFixture({ shape: new Box(width / 2, LEG_HEIGHT_M / 2), density: 1, ...OF_WALKER });
    this.legs.push(leg);
    return leg;
  }

  /**
   * @param {import("planck").Body} above
   * @param {import("planck").Body} below
   * @param {Vec2} anchor  on the upper one
   * @param {number} referenceAngle  at which the joint's angle is 0
   * @param {number[]} limits  in rad
   */
  #join(above, below, anchor, referenceAngle, [lowerAngle, upperAngle]) {
    const definition = { enableMotor: true, enableLimit: true, maxMotorTorque: 0, motorSpeed: 0, lowerAngle, upperAngle, referenceAngle };
    const ends = { bodyA: above, bodyB: below, localAnchorA: anchor, localAnchorB: new Vec2(0, LEG_HEIGHT_M / 2) };
    const joint = /** @type {RevoluteJoint} */ (this.world.createJoint(new RevoluteJoint({ ...definition, ...ends })));
    this.joints.push(joint);
  }

  /** @param {import("planck").Contact} contact @param {0 | 1} stands */
  #touch(contact, stands) {
    for (const body of [contact.getFixtureA().getBody(), contact.getFixtureB().getBody()]) {
      if (body === this.hull && stands) this.hasFallen = true;
      else if (body === this.legs[1]) this.feet[0] = stands;
      else if (body === this.legs[3]) this.feet[1] = stands;
    }
  }

  #physics() {
    this.world.step(STEP_S, 180, 60);
    scan(this.heights, this.hull.getPosition(), this.lidar);
  }

  #shape() {
    return (130 * this.hull.getPosition().x) / SCALE - 5 * Math.abs(this.hull.getAngle());
  }

  /** Fill in what the network sees. @param {Float64Array} values  behind the bias */
  observe(values) {
    const velocity = this.hull.getLinearVelocity();
    values[1] = Math.fround(this.hull.getAngle());
    values[2] = Math.fround((2 * this.hull.getAngularVelocity()) / 50);
    values[3] = Math.fround((0.3 * velocity.x * 20) / 50);
    values[4] = Math.fround((0.3 * velocity.y * (400 / SCALE)) / 50);
    for (let side = 0; side < 2; side += 1) {
      const [hip, knee] = [this.joints[2 * side], this.joints[2 * side + 1]];
      const at = 5 + 5 * side;
      values[at] = Math.fround(hip.getJointAngle());
      values[at + 1] = Math.fround(hip.getJointSpeed() / HIP_SPEED);
      values[at + 2] = Math.fround(knee.getJointAngle() + 1);
      values[at + 3] = Math.fround(knee.getJointSpeed() / KNEE_SPEED);
      values[at + 4] = this.feet[side];
    }
    for (let i = 0; i < N_RAYS; i += 1) values[15 + i] = Math.fround(this.lidar[i]);
  }

  /**
   * Let the motors act for one step.
   *
   * @param {ArrayLike<number>} actions  of hip, knee, hip and knee; clipped to [-1, 1], NaN means no command
   * @returns {number}  the reward
   */
  step(actions) {
    if (this.isOver) return 0;
    let cost = 0;
    this.joints.forEach((joint, i) => {
      const action = Number.isNaN(actions[i]) ? 0 : Math.min(1, Math.max(-1, actions[i]));
      joint.setMotorSpeed((i % 2 === 0 ? HIP_SPEED : KNEE_SPEED) * Math.sign(action));
      joint.setMaxMotorTorque(TORQUE_NM * Math.abs(action));
      cost += PRICE * Math.abs(action);
    });
    this.#physics();
    const { x } = this.hull.getPosition();
    const before = this.shaping;
    this.shaping = this.#shape();
    const hasFallen = this.hasFallen || x < 0;
    const reward = hasFallen ? FALL_REWARD : this.shaping - before - cost;
    this.time += 1;
    this.score += reward;
    this.isOver = hasFallen || x > FINISH_M || this.time >= MAX_STEPS;
    return reward;
  }

  /** A push on the hull, in Ns. @param {number} x @param {number} y */
  push(x, y) {
    this.hull.applyLinearImpulse(new Vec2(x, y), this.hull.getWorldCenter(), true);
  }

  /** @param {Float64Array} pose  (27) receives it */
  pose(pose) {
    [this.hull, ...this.legs].forEach((body, i) => {
      const { x, y } = body.getPosition();
      pose[3 * i] = x;
      pose[3 * i + 1] = y;
      pose[3 * i + 2] = body.getAngle();
    });
    pose.set(this.feet, N_MOVING);
    pose.set(this.lidar, N_MOVING + 2);
    return pose;
  }
}

/**
 * Let contacts begin in Box2D's order, by the numbers of their shapes. planck uses the order of its tree. Contacts are solved in the
 * order in which they began. Both feet start on a vertex of the ground, so the order decides the first step.
 *
 * @param {any} world  its broad phase is not part of planck's types
 */
function meetInOrder(world) {
  const phase = world.m_broadPhase;
  const update = phase.updatePairs.bind(phase);
  phase.updatePairs = (/** @type {(a: any, b: any) => void} */ meet) => {
    /** @type {[any, any][]} */
    const pairs = [];
    update((/** @type {any} */ a, /** @type {any} */ b) => pairs.push([a, b]));
    pairs.sort(([a, b], [c, d]) => a.proxyId - c.proxyId || b.proxyId - d.proxyId);
    for (const [a, b] of pairs) meet(a, b);
  };
}

/**
 * How far along each ray the ground is, as a fraction; 1 if there is none. A ray that points farther ahead meets it no
 * nearer, so each begins where the last one ended.
 *
 * @param {number[]} heights
 * @param {{x: number, y: number}} from
 * @param {Float64Array} fractions
 */
export function scan(heights, { x, y }, fractions) {
  const nEdges = heights.length - 1;
  const bounded = (/** @type {number} */ edge) => Math.min(nEdges - 1, Math.max(0, edge));
  let edge = bounded(Math.floor(x / TERRAIN_STEP_M) - 1);
  RAYS.forEach((ray, i) => {
    fractions[i] = 1;
    const last = bounded(Math.floor((x + ray.x) / TERRAIN_STEP_M) + 1);
    for (let k = edge; k <= last; k += 1) {
      const dx = k * TERRAIN_STEP_M - x;
      const dy = heights[k] - y;
      const rise = heights[k + 1] - heights[k];
      const denominator = rise * ray.x - TERRAIN_STEP_M * ray.y;
      const t = (rise * dx - TERRAIN_STEP_M * dy) / denominator;
      if (!(t >= 0 && t <= 1)) continue;
      const s = ((t * ray.x - dx) * TERRAIN_STEP_M + (t * ray.y - dy) * rise) / (TERRAIN_STEP_M ** 2 + rise ** 2);
      if (s < 0 || s > 1) continue;
      fractions[i] = t;
      edge = Math.max(edge, k - 1);
      break;
    }
  });
}
