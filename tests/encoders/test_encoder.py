"""The encoder: its compiled pass against a plain one and onnxruntime, its file, and the errors for a bad file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import N_LATENTS
from wann_core.encoders.model_file import DECODER_KERNELS, EncoderError, encoder_bytes, load_encoder
from wann_core.encoders.onnx_wire import read_model
from wann_core.encoders.training import EncoderSettings, encoder_settings, train_encoder
from wann_core.files.hashing import content_hash
from wann_core.networks.simd import fma
from wann_core.networks.simd_channels import load_channels, relu, store_channels
from wann_core.paths import encoder_path
from wann_core.progress import Silent
from wann_core.runs.champion_file import load_champion, save_champion
from wann_core.runs.experiment import ExperimentError, load_experiment
from wann_core.runs.store import ResultsError, RunStore, read_json, write_json
from wann_core.weights.champion import Champion

Tensors = dict[str, NDArray[np.float32]]


def random_tensors(channels: tuple[int, ...] = (16, 32, 16, 48), wide: int = 24, seed: int = 0) -> Tensors:
    rng = np.random.default_rng(seed)
    tensors: Tensors = {}

    def add(name: str, shape: tuple[int, ...], n_out: int, n_in: int) -> None:
        tensors[f"{name}.weight"] = rng.normal(0.0, (2.0 / n_in) ** 0.5, shape).astype(np.float32)
        tensors[f"{name}.bias"] = rng.normal(0.0, 0.1, n_out).astype(np.float32)

    n_in = 3
    for i, n_out in enumerate(channels):
        add(f"encoder.{i}", (n_out, n_in, 4, 4), n_out, n_in * 16)
        n_in = n_out
    add("encoder.dense", (N_LATENTS, n_in * 4), N_LATENTS, n_in * 4)
    add("decoder.dense", (wide, N_LATENTS), wide, N_LATENTS)
    n_in = wide
    for i, (kernel, n_out) in enumerate(zip(DECODER_KERNELS, (16, 16, 8, 3), strict=True)):
        add(f"decoder.{i}", (n_in, n_out, kernel, kernel), n_out, n_in * 4)
        n_in = n_out
    return tensors


def random_frames(n: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (n, 64, 64, 3), dtype=np.uint8)


def written(path: Path, tensors: Tensors) -> Path:
    path.write_bytes(encoder_bytes(tensors, {"task": "car_racing"}))
    return path


def plain_latents(tensors: Tensors, frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    x = frame.transpose(2, 0, 1).astype(np.float64) / 255.0
    for i in range(4):
        windows = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(1, 2))[:, ::2, ::2]
        bias = tensors[f"encoder.{i}.bias"][:, None, None]
        x = np.maximum(np.einsum("cyxij,ocij->oyx", windows, tensors[f"encoder.{i}.weight"].astype(float)) + bias, 0.0)
    latents: NDArray[np.float64] = tensors["encoder.dense.weight"] @ x.ravel() + tensors["encoder.dense.bias"]
    return latents


@pytest.mark.parametrize("channels", [(16, 16, 16, 16), (16, 32, 48, 64), (32, 16, 16, 32)])
def test_the_compiled_pass_is_the_plain_one_within_1e_5(tmp_path: Path, channels: tuple[int, ...]) -> None:
    tensors = random_tensors(channels)
    encoder = load_encoder("car_racing", written(tmp_path / "e.onnx", tensors))
    for frame in random_frames(3):
        assert np.abs(encoder.latents(frame) - plain_latents(tensors, frame)).max() < 1e-5


@pytest.mark.parametrize("path", [None, encoder_path("car_racing")], ids=["random", "committed"])
def test_file_compiled_pass_and_reconstruction_agree_with_onnxruntime(tmp_path: Path, path: Path | None) -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra export is not installed")
    path = path or written(tmp_path / "e.onnx", random_tensors())
    encoder = load_encoder("car_racing", path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    for frame in random_frames(4, seed=1):
        given = (frame.transpose(2, 0, 1)[None] / 255.0).astype(np.float32)
        latents, reconstruction = session.run(["latents", "reconstruction"], {"frame": given})
        assert np.abs(encoder.latents(frame) - latents[0]).max() < 1e-5 * max(1.0, float(np.abs(latents).max()))
        ours = encoder.reconstruct(latents[0].astype(np.float64)).astype(float)
        assert np.abs(ours - 255.0 * reconstruction[0].transpose(1, 2, 0)).max() < 0.51


def test_a_frame_s_latents_are_its_own_to_the_last_bit_whatever_came_before(tmp_path: Path) -> None:
    encoder = load_encoder("car_racing", written(tmp_path / "e.onnx", random_tensors()))
    frames = random_frames(4)
    there = [encoder.latents(frame) for frame in frames]
    back = [encoder.latents(frame) for frame in frames[::-1]]
    assert np.array_equal(there, back[::-1])


@njit
def convolve_all(source: Any, side: int, n_in: int, weights: Any, target: Any, side_out: int, n_out: int) -> None:
    """One convolution and relu without shortcuts: one ordered sum for every place and output channel."""
    for place in range(side_out * side_out):
        corner = (place // side_out) * 2 * side + (place % side_out) * 2
        for b in range(n_out):
            total = load_channels(weights, b)
            row = n_out + b
            for k in range(16 * n_in):
                pixel = corner + (k // (4 * n_in)) * side + (k // n_in) % 4
                total = fma(source[pixel * n_in + k % n_in], load_channels(weights, row), total)
                row += n_out
            store_channels(target, place * n_out + b, relu(total))


@pytest.mark.parametrize("channels", [(16, 16, 32, 64), (16, 32, 16, 48), (32, 64, 16, 16)])
def test_what_is_left_out_changes_no_bit(tmp_path: Path, channels: tuple[int, ...]) -> None:
    encoder = load_encoder("car_racing", written(tmp_path / "e.onnx", random_tensors(channels)))
    frames = list(random_frames(2)) + [np.full((64, 64, 3), level, dtype=np.uint8) for level in (0, 100)]
    # Squares of one colour, like roads and grass, with borders that run through patches.
    frames += [np.repeat(np.repeat(small, 9, axis=0), 9, axis=1)[:64, :64] for small in random_frames(3)[:, :8, :8]]
    sides = (64, 31, 14, 6, 2)
    for frame in frames:
        latents = encoder.latents(frame)
        numbers = (frame.ravel().astype(np.float32) * np.float32(1.0 / 255.0)).astype(np.float32)
        n_in = 3
        for layer, n_out in enumerate(channels):
            target = np.zeros(sides[layer + 1] ** 2 * n_out, dtype=np.float32)
            convolve_all(numbers, sides[layer], n_in, encoder.layers[layer], target, sides[layer + 1], n_out // 16)
            numbers, n_in = target, n_out
        inner = encoder.work.maps[3].reshape(4, 4, n_in)[1:3, 1:3]
        assert np.array_equal(inner.ravel(), numbers)
        assert np.array_equal(encoder.latents(frame), latents)


def test_tensors_and_notes_come_back_from_the_file_as_they_were(tmp_path: Path) -> None:
    tensors = random_tensors()
    path = tmp_path / "e.onnx"
    path.write_bytes(encoder_bytes(tensors, {"task": "car_racing", "command": "größer"}))
    model = read_model(path)
    assert model.notes == {"task": "car_racing", "command": "größer"}
    for name, tensor in tensors.items():
        assert np.array_equal(model.tensors[name], tensor)


def test_the_committed_encoder_is_small_and_says_how_it_was_made_and_how_good_it_is() -> None:
    path = encoder_path("car_racing")
    notes = load_encoder("car_racing").model.notes
    assert path.stat().st_size <= 2 * 1024 * 1024
    assert "wann_core encoder car_racing" in notes["command"]
    assert {"seed", "frames", "epochs", "channels", "packages", "finished"} <= set(notes)
    # A mean grey frame is 30 levels off; the road, which matters for steering, is a fifth of the picture.
    assert 0.0 < float(notes["reconstruction_error_of_255"]) < 8.0


def damage(data: bytes, how: str) -> bytes:
    return {"cut": data[: len(data) // 2], "empty": b"", "noise": bytes(range(256)) * 40, "text": b"not a model"}[how]


@pytest.mark.parametrize("how", ["cut", "empty", "noise", "text"])
def test_a_damaged_file_is_refused_with_the_command_that_makes_a_good_one(tmp_path: Path, how: str) -> None:
    path = written(tmp_path / "e.onnx", random_tensors())
    path.write_bytes(damage(path.read_bytes(), how))
    with pytest.raises(EncoderError, match="python -m wann_core encoder car_racing") as raised:
        load_encoder("car_racing", path)
    assert str(path) in str(raised.value)


def test_a_missing_file_and_one_of_another_shape_are_refused_alike(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"is missing.*python -m wann_core encoder"):
        load_encoder("car_racing", tmp_path / "none.onnx")
    tensors = random_tensors()
    tensors["encoder.1.weight"] = tensors["encoder.1.weight"][:, :8]
    with pytest.raises(EncoderError, match=r"encoder\.1\.weight of shape"):
        load_encoder("car_racing", written(tmp_path / "e.onnx", tensors))
    tensors = random_tensors()
    tensors["encoder.dense.bias"][3] = np.nan
    with pytest.raises(EncoderError, match="not finite"):
        load_encoder("car_racing", written(tmp_path / "e.onnx", tensors))


def test_training_without_pytorch_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EncoderError, match=r"pip install -e '\.\[train\]'"):
        train_encoder("car_racing", random_frames, EncoderSettings(), 0, tmp_path / "e.onnx", Silent(), "")


@pytest.mark.parametrize("given", [(10, None, None), (None, 0, None), (None, None, [8, 16, 32, 64])])
def test_settings_out_of_range_are_refused_by_name(given: tuple[Any, Any, Any]) -> None:
    with pytest.raises(EncoderError, match="must be"):
        encoder_settings(*given)


def test_an_encoder_learns_and_its_file_runs_without_pytorch(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra train is not installed")

    def stripes(n: int, seed: int) -> NDArray[np.uint8]:
        at = np.random.default_rng(seed).integers(0, 56, n)
        frames = np.full((n, 64, 64, 3), 60, dtype=np.uint8)
        for frame, x in zip(frames, at, strict=True):
            frame[:, x : x + 8] = 220
        return frames

    settings = EncoderSettings((16, 16, 16, 16), (16, 16, 16, 16), frames=640, epochs=3)
    path = tmp_path / "e.onnx"
    made = train_encoder("car_racing", stripes, settings, 1, path, Silent(), "typed", threads=1)
    unseen = stripes(20, 99)
    encoder = load_encoder("car_racing", path)
    off = [np.abs(encoder.reconstruct(encoder.latents(frame)).astype(float) - frame).mean() for frame in unseen]
    assert np.mean(off) < 40.0  # all grey is 35 off, noise 80
    assert made["hash"] == content_hash(path) == encoder.file_hash
    assert encoder.model.notes["command"] == "typed"


def champion_of(files: RunStore) -> Champion:
    from wann_core.evolution.mutation import initial_genome

    champion = Champion(initial_genome(16, 3, 0.5, np.random.default_rng(0)))
    save_champion(files, champion)
    return champion


def test_a_champion_made_with_another_encoder_is_refused(tmp_path: Path) -> None:
    files = RunStore(tmp_path / "car_racing", "car_racing")
    champion = champion_of(files)
    assert load_champion(files).genome_hash == champion.genome_hash
    value = read_json(files.champion)
    assert value["encoder"] == content_hash(encoder_path("car_racing"))
    for other in ("0123456789abcdef", None):
        changed = {key: item for key, item in value.items() if key not in {"schema", "encoder"}}
        write_json(files.champion, {**changed, **({} if other is None else {"encoder": other})})
        with pytest.raises(ResultsError, match=r"champion\.json\.encoder = .*python build\.py --rerun car_racing"):
            load_champion(files)


def test_the_search_s_shortcuts_are_settings_of_the_car_alone(tmp_path: Path) -> None:
    car = load_experiment("car_racing")
    assert car.training is not None
    assert car.tables()["training"]["action_hold"] == car.training.action_hold
    assert load_experiment("swing_up").training is None
    assert "training" not in load_experiment("swing_up").tables()
    path = tmp_path / "mine.toml"
    path.write_text('extends = "swing_up"\n[training]\naction_hold = 2\n')
    with pytest.raises(ExperimentError, match="swing_up has no such settings"):
        load_experiment("swing_up", "smoke", path)
    path.write_text('extends = "car_racing"\n[training]\naction_hold = 0\n')
    with pytest.raises(ExperimentError, match="action_hold = 0: must be between 1 and 100"):
        load_experiment("car_racing", "smoke", path)
