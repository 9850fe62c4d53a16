/**
 * Runs the browser's search on draws that Python recorded. `tests/live/test_evolution_rules.py` asks, and compares with what
 * Python's search made of the same draws.
 */
import { nondominatedSort, rank } from "../../assets/live/models/evolution/rank.mjs";
import { Search } from "../../assets/live/models/evolution/search.mjs";
import { initialGenome } from "../../assets/live/models/evolution/vary.mjs";

/** Gives back recorded draws, one by one. */
class Replay {
  constructor(draws) {
    this.draws = draws;
    this.used = 0;
  }

  random() {
    if (this.used >= this.draws.length) throw new Error(`draw ${this.used + 1}: only ${this.draws.length} were recorded`);
    this.used += 1;
    return this.draws[this.used - 1];
  }

  integer(n) {
    return Math.floor(this.random() * n);
  }
}

/** What the page's search makes of recorded rankings, a first genome, and generations. */
export function replayed({ rankings, initial, search }) {
  const first = new Replay(initial.draws);
  const answer = {
    ranks: rankings.map((objectives) => rank(objectives)),
    fronts: rankings.map((objectives) => [...nondominatedSort(objectives)]),
    initial: initialGenome(initial.nInputs, initial.nOutputs, initial.enabled, first),
    generations: [],
  };

  // The first population is Python's; what the constructor draws for one of its own does not matter.
  const draws = new Replay(new Array(search.settings.population * (1 + search.nInputs) * search.nOutputs).fill(0));
  const replay = new Search(search.settings, search.nInputs, search.nOutputs, draws);
  replay.population = search.population;
  for (const { returns, nWeights, recorded } of search.generations) {
    Object.assign(draws, { draws: recorded, used: 0 });
    const report = replay.tell(returns, nWeights);
    answer.generations.push({ population: replay.population, best: report.best, means: [...report.means], unused: recorded.length - draws.used });
  }
  return answer;
}
