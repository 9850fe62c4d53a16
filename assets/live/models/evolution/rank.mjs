/**
 * Ranking by two objectives at once, as in `wann_core/evolution/nsga2.py`: non-dominated sorting and crowding distance.
 *
 * Source: Deb, Pratap, Agarwal & Meyarivan 2002 (NSGA-II).
 */

/** @typedef {readonly [first: ArrayLike<number>, second: ArrayLike<number>]} Objectives  one array each, to be maximised */

/**
 * @param {Objectives} objectives
 * @returns {Int32Array} the front of each member; 0 is dominated by none
 */
export function nondominatedSort([first, second]) {
  const n = first.length;
  const nDominating = new Int32Array(n);
  /** @type {number[][]} */
  const dominatedBy = Array.from({ length: n }, () => []);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      if (first[i] >= first[j] && second[i] >= second[j] && (first[i] > first[j] || second[i] > second[j])) {
        dominatedBy[i].push(j);
        nDominating[j]++;
      }
    }
  }
  const fronts = new Int32Array(n);
  let members = Array.from(fronts.keys()).filter((i) => nDominating[i] === 0);
  for (let front = 0; members.length > 0; front += 1) {
    const next = [];
    for (const i of members) {
      fronts[i] = front;
      for (const j of dominatedBy[i]) if (--nDominating[j] === 0) next.push(j);
    }
    members = next;
  }
  return fronts;
}

/**
 * How far apart the neighbours of each member of one front are, summed over the objectives.
 *
 * @param {Objectives} objectives  of one front
 * @returns {Float64Array} infinite at the ends of each objective; an objective in which all are equal adds nothing
 */
export function crowdingDistance(objectives) {
  const n = objectives[0].length;
  const distance = new Float64Array(n);
  for (const column of objectives) {
    const order = Array.from(distance.keys()).sort((a, b) => column[a] - column[b]);
    const lowest = order[0];
    const highest = order[n - 1];
    const span = column[highest] - column[lowest];
    distance[lowest] = distance[highest] = Infinity;
    if (!(n > 2 && span > 0)) continue;
    for (let k = 1; k < n - 1; k += 1) distance[order[k]] += (column[order[k + 1]] - column[order[k - 1]]) / span;
  }
  return distance;
}

/**
 * Order the members from best to worst: by front, then by crowding distance, then by position.
 *
 * @param {Objectives} objectives
 * @returns {number[]} member numbers
 */
export function rank(objectives) {
  const fronts = nondominatedSort(objectives);
  const n = fronts.length;
  const crowding = new Float64Array(n);
  /** @type {number[][]} */
  const membersOf = [];
  fronts.forEach((front, member) => (membersOf[front] ??= []).push(member));
  for (const members of membersOf) {
    const distance = crowdingDistance([members.map((i) => objectives[0][i]), members.map((i) => objectives[1][i])]);
    members.forEach((member, k) => (crowding[member] = distance[k]));
  }
  // The difference of two infinities is not a number, so compare.
  const bySpace = (/** @type {number} */ a, /** @type {number} */ b) => (crowding[a] === crowding[b] ? 0 : crowding[a] > crowding[b] ? -1 : 1);
  return Array.from(fronts.keys()).sort((a, b) => fronts[a] - fronts[b] || bySpace(a, b));
}
