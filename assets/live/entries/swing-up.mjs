/** The playground: the champion swings the pole up on a weight that the audience chooses. */
import * as world from "../models/cart-pole.mjs";
import { compileNetwork, forward } from "../models/network.mjs";
import { CartView } from "../views/cart-view.mjs";
import { NetworkView } from "../views/network-view.mjs";

/** @type {import("../hooks.mjs").Entry} */
export const swingUp = {
  title: "Swing-up playground",
  task: "swing_up",
  keys: [],
  mount(element, { settings, data, hooks }) {
    const stage = element.appendChild(document.createElement("div"));
    const graph = element.appendChild(document.createElement("div"));
    stage.className = "demo-stage";
    graph.className = "demo-network";
    const network = compileNetwork(data.network);
    const weight = Number(settings.weight ?? data.sharedWeight);
    const values = new Float64Array(network.nNodes);
    const state = world.startState(Number(settings.seed ?? 0));
    const cart = new CartView(stage, hooks);
    const view = new NetworkView(graph, hooks, { inputNames: data.inputNames, outputNames: data.outputNames });
    view.show(network);
    let frame = 0;
    const draw = () => {
      world.observe(state, values);
      forward(network, weight, values);
      world.step(state, values[network.nNodes - 1]);
      cart.draw(state);
      view.draw(values, weight);
      frame = requestAnimationFrame(draw);
    };
    return {
      start: () => (frame = requestAnimationFrame(draw)),
      stop: () => cancelAnimationFrame(frame),
      destroy: () => {
        cancelAnimationFrame(frame);
        cart.destroy();
        view.destroy();
      },
    };
  },
};
