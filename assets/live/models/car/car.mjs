/**
 * The car and the track of CarRacing-v3 on planck, a JavaScript Box2D: the same bodies and joints, made in the same order, the
 * same engine, tyres and rewards as `wann_core/tasks/car_racing/world.py` and `car_senses.py`. planck computes in doubles where Box2D
 * has singles.
 *
 * Source: Farama Gymnasium, `envs/box2d/car_racing.py` and `car_dynamics.py` (MIT licence); restated.
 */
import { Polygon, RevoluteJoint, Vec2, World } from "planck";
import { HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R } from "./shape.mjs";
import { FIELD_M, POLYGON_SIZE, ROAD_0 } from "./track.mjs";

export const STEP_S = 1 / 50;
export const MAX_STEPS = 1000;
const LAP_SHARE = 0.95;
const LAP_REWARD = 1000;
const STEP_PRICE = 0.1;
const LEFT_REWARD = -100;
const SIZE = 0.02;
const STEERING_LIMIT_RAD = 0.4;
const STEERING_TORQUE_NM = 180 * 900 * SIZE * SIZE;
const POWER = 100000000 * SIZE * SIZE;
const MOMENT = 4000 * SIZE * SIZE;
const GRIP = 1000000 * SIZE * SIZE;
const STIFFNESS = 205000 * SIZE * SIZE;
const BRAKE = 15;
const STEER_RATE = 3;
const GAS_RATE = 0.1;
const WHEEL = { density: 0.1, filterCategoryBits: 0x20, filterMaskBits: 0x1, restitution: 0 };
/** The columns of a pose, as Python records them: place and angle of the hull; steering angle, phase and speed of each wheel; ... */
export const [STEERING, PHASE, OMEGA, VISITED, OFF_ROAD, TIME_S] = [3, 7, 11, 15, 16, 17];
export const POSE_SIZE = 18;
/** The number of columns that change continuously; the others count or jump. */
export const N_MOVING = VISITED;

/** Whether the car is beyond the field. @param {ArrayLike<number>} pose */
export function hasLeft(pose) {
  return Math.abs(pose[0]) > FIELD_M || Math.abs(pose[1]) > FIELD_M;
}

/** A track in its own world, which is used by one car after another. */
export class Road {
  /** @param {import("./track.mjs").Track} track */
  constructor(track) {
    this.track = track;
    this.world = new World({ gravity: new Vec2(0, 0) });
    const ground = this.world.createBody();
    for (let tile = 0; tile < track.nTiles; tile += 1) {
      const at = POLYGON_SIZE * track.polygonOf[tile];
      const corners = [0, 2, 4, 6].map((k) => new Vec2(track.polygons[at + k], track.polygons[at + k + 1]));
      ground.createFixture({ shape: new Polygon(corners), isSensor: true, userData: tile });
    }
    /** Colour of each polygon; a visited tile has the first grey. */
    this.inks = track.inks.slice();
    /** How many tiles each wheel touches. */
    this.onRoad = new Int32Array(4);
    /** @type {import("planck").Body[]} */
    this.car = [];
    this.isVisited = new Uint8Array(track.nTiles);
    this.nVisited = 0;
    /** Tiles visited in this step. */
    this.nNew = 0;
    this.lapDone = false;
    this.world.on("begin-contact", (contact) => this.#begin(contact));
    this.world.on("end-contact", (contact) => {
      this.onRoad[this.#wheelOf(contact)] -= 1;
    });
  }

  /** Remove the old car. */
  reset() {
    for (const body of this.car) this.world.destroyBody(body);
    this.car = [];
    this.inks.set(this.track.inks);
    this.onRoad.fill(0);
    this.isVisited.fill(0);
    this.nVisited = this.nNew = 0;
    this.lapDone = false;
  }

  /** A wheel's fixture carries the complement of its number. @param {import("planck").Contact} contact */
  #wheelOf(contact) {
    return ~Math.min(Number(contact.getFixtureA().getUserData()), Number(contact.getFixtureB().getUserData()));
  }

  /** @param {import("planck").Contact} contact */
  #begin(contact) {
    this.onRoad[this.#wheelOf(contact)] += 1;
    const tile = Math.max(Number(contact.getFixtureA().getUserData()), Number(contact.getFixtureB().getUserData()));
    if (this.isVisited[tile]) return;
    this.isVisited[tile] = 1;
    this.nNew += 1;
    this.nVisited += 1;
    this.inks[this.track.polygonOf[tile]] = ROAD_0;
    if (tile === 0 && this.nVisited / this.track.nTiles > LAP_SHARE) this.lapDone = true;
  }
}

/** A car at the start of a road; it replaces the previous car. */
export class Car {
  /** @param {Road} road */
  constructor(road) {
    road.reset();
    this.road = road;
    const [angle, x, y] = [road.track.middle[0], road.track.middle[1], road.track.middle[2]];
    this.hull = road.world.createDynamicBody({ position: new Vec2(x, y), angle });
    for (const part of HULL) this.hull.createFixture({ shape: new Polygon(part), density: 1, filterMaskBits: 0 });
    const [w, r] = [WHEEL_HALF_W, WHEEL_R];
    /** @type {import("planck").Body[]} */
    this.wheels = [];
    this.joints = WHEEL_AT.map((at, wheel) => {
      // The wheels are not turned with the hull: Gymnasium does that in the first step.
      const body = road.world.createDynamicBody({ position: new Vec2(x + at.x, y + at.y), angle });
      const shape = new Polygon([{ x: -w, y: r }, { x: w, y: r }, { x: w, y: -r }, { x: -w, y: -r }]);
      body.createFixture({ shape, userData: ~wheel, ...WHEEL });
      this.wheels.push(body);
      const motor = { enableMotor: true, enableLimit: true, maxMotorTorque: STEERING_TORQUE_NM, motorSpeed: 0 };
      const limits = { lowerAngle: -STEERING_LIMIT_RAD, upperAngle: STEERING_LIMIT_RAD };
      const ends = { bodyA: this.hull, bodyB: body, localAnchorA: new Vec2(at.x, at.y), localAnchorB: new Vec2(0, 0) };
      return /** @type {RevoluteJoint} */ (road.world.createJoint(new RevoluteJoint({ ...motor, ...limits, ...ends })));
    });
    road.car = [this.hull, ...this.wheels];
    this.steer = this.gas = this.brake = 0;
    /** For each wheel: phase in rad, speed in rad/s, gas. */
    this.phases = new Float64Array(4);
    this.omegas = new Float64Array(4);
    this.gases = new Float64Array(4);
    this.time = -1;
    this.score = 0;
    this.isOver = false;
    this.sum = 0;
    this.before = 0;
    this.pose = new Float64Array(POSE_SIZE);
    // Gymnasium makes one step without commands in its reset.
    this.#turnWheels();
    this.#physics();
  }

  /**
   * Drive for one step.
   *
   * @param {number} steer  -1 full left, 1 full right
   * @param {number} gas  0 to 1
   * @param {number} brake  0 to 1
   * @returns {number}  the reward
   */
  step(steer, gas, brake) {
    if (this.isOver) return 0;
    this.steer = -steer;
    this.gas = gas;
    this.brake = brake;
    for (let wheel = 2; wheel < 4; wheel += 1) this.gases[wheel] += Math.min(gas - this.gases[wheel], GAS_RATE);
    this.#turnWheels();
    this.#physics();
    const { road } = this;
    this.sum -= STEP_PRICE;
    let reward = this.sum - this.before;
    this.before = this.sum;
    const isRound = road.nVisited === road.track.nTiles || road.lapDone;
    const isOut = hasLeft(this.pose);
    if (isOut) reward = LEFT_REWARD;
    this.score += reward;
    this.isOver = isRound || isOut || this.time >= MAX_STEPS;
    return reward;
  }

  #physics() {
    const { road, hull, pose } = this;
    road.nNew = 0;
    road.world.step(STEP_S, 180, 60);
    for (let tile = 0; tile < road.nNew; tile += 1) this.sum += LAP_REWARD / road.track.nTiles;
    this.time += 1;
    const { x, y } = hull.getPosition();
    pose[0] = x;
    pose[1] = y;
    pose[2] = hull.getAngle();
    this.wheels.forEach((wheel, k) => {
      pose[STEERING + k] = wheel.getAngle() - pose[2];
      pose[PHASE + k] = this.phases[k];
      pose[OMEGA + k] = this.omegas[k];
    });
    pose[VISITED] = road.nVisited;
    pose[OFF_ROAD] = road.onRoad.some((n) => n > 0) ? 0 : 1;
    pose[TIME_S] = (this.time + 1) * STEP_S;
  }

  /** Engine, brakes, steering and tyres of the coming step. */
  #turnWheels() {
    for (let k = 0; k < 4; k += 1) {
      const wheel = this.wheels[k];
      const off = (k < 2 ? this.steer : 0) - (wheel.getAngle() - this.hull.getAngle());
      this.joints[k].setMotorSpeed(Math.sign(off) * Math.min(50 * Math.abs(off), STEER_RATE));
      const limit = this.road.onRoad[k] > 0 ? GRIP : GRIP * 0.6;
      const [cosine, sine] = [Math.cos(wheel.getAngle()), Math.sin(wheel.getAngle())];
      const { x: vx, y: vy } = wheel.getLinearVelocity();
      const forward = -sine * vx + cosine * vy;
      const sideways = cosine * vx + sine * vy;
      let omega = this.omegas[k];
      omega += (STEP_S * POWER * this.gases[k]) / MOMENT / (Math.abs(omega) + 5);
      if (this.brake >= 0.9) omega = 0;
      else if (this.brake > 0) omega -= Math.sign(omega) * Math.min(BRAKE * this.brake, Math.abs(omega));
      this.phases[k] += omega * STEP_S;
      let f = (-forward + omega * WHEEL_R) * STIFFNESS;
      let p = -sideways * STIFFNESS;
      const force = Math.sqrt(f * f + p * p);
      if (force > limit) {
        f = (f / force) * limit;
        p = (p / force) * limit;
      }
      this.omegas[k] = omega - (STEP_S * f * WHEEL_R) / MOMENT;
      wheel.applyForceToCenter(new Vec2(p * cosine - f * sine, p * sine + f * cosine), true);
    }
  }
}
