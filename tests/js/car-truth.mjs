/** Compares the page's car with what Python wrote (tests/live/test_car_truth.py): track, physics, picture, encoder, network. */
import { Car, Road } from "../../assets/live/models/car/car.mjs";
import { Drive, RecordedDrive, eyesWith } from "../../assets/live/models/car/drive.mjs";
import { paved } from "../../assets/live/models/car/track.mjs";
import { compileNetwork } from "../../assets/live/models/network.mjs";
import { Encoder, singlesOf, tensorsOf } from "../../assets/live/models/encoder/encoder.mjs";

const N_PLACED = 11; // place and angle of the hull, steering angles, phases

const worstOf = (one, other) => one.reduce((worst, value, k) => Math.max(worst, Math.abs(value - other[k])), 0);
const meanOf = (one, other) => one.reduce((sum, value, k) => sum + Math.abs(value - other[k]), 0) / one.length;

/** What is furthest apart, of everything. */
export function carTruth({ tracks, network: structure, weights, encoder: tensors, recording, actions, exact, frames }) {
  const found = { tracks: tracks.map(({ seed, middle, polygons, inks }) => {
    const track = paved(seed, singlesOf(middle));
    return { areInksSame: track.inks.join() === inks.join(), worst: worstOf(track.polygons, polygons), isLengthSame: track.polygons.length === polygons.length };
  }) };
  const network = compileNetwork(structure);
  const encoder = new Encoder(tensorsOf(tensors));
  const eyes = eyesWith(encoder);
  const track = paved(recording.seed, singlesOf(tracks[recording.seed].middle));

  const car = new Car(new Road(track));
  found.physics = actions.map((action, step) => {
    const worst = worstOf(recording.poses[step].slice(0, N_PLACED), car.pose);
    car.step(...action);
    return { worst, score: Math.abs(car.score - recording.scores[step]) };
  });

  const drive = new Drive(network, Float64Array.from(weights), new Road(track), eyes);
  found.driven = actions.map((action, step) => {
    const worst = worstOf(recording.poses[step].slice(0, 3), drive.pose);
    const acted = worstOf(action, drive.values.subarray(network.nNodes - 3));
    drive.step();
    return { worst, acted };
  });

  const replay = (poses, line) => {
    const recorded = new RecordedDrive({ ...recording, poses }, paved(recording.seed, line), network, Float64Array.from(weights), eyes);
    const differences = [];
    for (let step = 0; step < recording.scores.length; step += 1, recorded.step()) {
      if (frames[step] === undefined) continue;
      const { picture, latents } = frames[step];
      differences.push({
        picture: meanOf(picture, eyes.picture), latents: worstOf(latents, recorded.values.subarray(1, 17)),
        acted: worstOf(actions[step], recorded.values.subarray(network.nNodes - 3)),
      });
    }
    return differences;
  };
  found.exact = replay(exact.poses, exact.middle);
  found.replay = replay(recording.poses, singlesOf(tracks[recording.seed].middle));

  const plain = new Encoder(tensorsOf(tensors), { isPlain: true });
  found.encoder = Object.values(frames).filter(({ rebuilt }) => rebuilt).map(({ picture, latents, rebuilt }) => {
    const [values, others] = [new Float64Array(16), new Float64Array(16)];
    const [mine, same] = [new Uint8Array(picture.length), new Uint8Array(picture.length)];
    encoder.encode(Uint8Array.from(picture), values);
    plain.encode(Uint8Array.from(picture), others);
    encoder.decode(Float64Array.from(latents), mine);
    plain.decode(Float64Array.from(latents), same);
    return { latents: worstOf(latents, values), plain: worstOf(values, others) + worstOf(mine, same), rebuilt: meanOf(rebuilt, mine) };
  });
  return { ...found, isPlain: encoder.isPlain };
}
