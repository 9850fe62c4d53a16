/**
 * Compares the page's network and physics with vectors that Python wrote (tests/browser/test_live_truth.py): imported by
 * node, and bundled for a real browser.
 */
import * as world from "../../assets/live/models/cart-pole.mjs";
import { compileNetwork, forward } from "../../assets/live/models/network.mjs";
import { Rollouts } from "../../assets/live/models/rollout.mjs";

/** Largest differences over a recorded episode, step by step, and mean scores over many seeds. */
export function liveTruth({ networks, episodes, cells }) {
  const compiled = Object.fromEntries(Object.entries(networks).map(([name, data]) => [name, compileNetwork(data)]));
  return {
    episodes: episodes.map(({ topology, weight, seed, states, actions, rewards }) => {
      const network = compiled[topology];
      const state = world.startState(seed);
      const values = new Float64Array(network.nNodes);
      let worst = 0;
      const compare = (one, other) => (worst = Math.max(worst, Number.isNaN(one) ? Infinity : Math.abs(one - other)));
      actions.forEach((action, time) => {
        states[time].forEach((quantity, k) => compare(state[k], quantity));
        world.observe(state, values);
        forward(network, weight, values);
        const output = values[network.nNodes - 1];
        compare(Math.min(1, Math.max(-1, output)), action);
        world.step(state, output);
        compare(world.reward(state), rewards[time]);
      });
      return { topology, weight, steps: actions.length, worst };
    }),
    means: cells.map(({ topology, weights, trials }) => {
      const starts = Array.from({ length: trials }, (_, seed) => world.startState(seed));
      const isShared = typeof weights === "number";
      const lanes = { starts, isShared, weights: isShared ? new Float64Array(trials).fill(weights) : Float64Array.from(weights) };
      const returns = new Rollouts(32).run(compiled[topology], lanes, new Float64Array(trials));
      return returns.reduce((sum, one) => sum + one, 0) / trials;
    }),
  };
}

Object.assign(globalThis, { liveTruth });
