/** Walks one network over many grounds. */
import { scoreOf } from "../models/walk.mjs";
import { answerMeans } from "./mean-worker.mjs";

answerMeans(() => null, scoreOf);
