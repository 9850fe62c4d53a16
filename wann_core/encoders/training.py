"""Train a task's encoder, a variational autoencoder on frames of rollouts. Needs PyTorch, the extra ``train``.

Source: D. Ha & J. Schmidhuber, "World Models", 2018, appendix A.1: squared error summed over a frame, plus the
Kullback-Leibler divergence of the latents; half a nat per latent costs nothing. Deviation: the network is smaller,
because the search computes every channel a hundred million times.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import N_LATENTS, SIDES
from wann_core.encoders.model_file import DECODER_KERNELS, EncoderError, encoder_bytes, load_encoder
from wann_core.files.atomic import write_bytes
from wann_core.files.hashing import content_hash
from wann_core.networks.simd_channels import N_CHANNELS
from wann_core.optional_packages import load
from wann_core.progress import Reporter, stage


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How an encoder is trained.

    Attributes:
        channels: of the four convolutions; multiples of 16.
        decoder_channels: in front of each transposed convolution.
        frames: number of frames to train on; a tenth more is collected to measure the error.
        epochs: passes over them.
        batch: frames per step.
        rate: Adam's learning rate at the start; it falls to a hundredth of it along a cosine.
        free_nats: divergence per latent that costs nothing.
    """

    channels: tuple[int, int, int, int] = (16, 16, 32, 64)
    decoder_channels: tuple[int, int, int, int] = (128, 64, 32, 16)
    frames: int = 16000
    epochs: int = 10
    batch: int = 64
    rate: float = 2e-3
    free_nats: float = 0.5


def encoder_settings(frames: int | None, epochs: int | None, channels: list[int] | None) -> EncoderSettings:
    """The settings: the given values, and the defaults for the rest.

    Raises:
        EncoderError: a value is out of range.
    """
    given: dict[str, Any] = {"frames": frames, "epochs": epochs, "channels": tuple(channels) if channels else None}
    settings = replace(EncoderSettings(), **{name: value for name, value in given.items() if value is not None})
    if settings.frames < 10 * settings.batch:
        raise EncoderError(f"--frames {settings.frames}: must be at least {10 * settings.batch}")
    if settings.epochs < 1:
        raise EncoderError(f"--epochs {settings.epochs}: must be at least 1")
    if any(n < N_CHANNELS or n % N_CHANNELS or n > 256 for n in settings.channels):
        raise EncoderError(f"--channels {settings.channels}: must be multiples of {N_CHANNELS} up to 256")
    return settings


def _torch() -> Any:  # noqa: ANN401  # an optional package; its types are missing if it is not installed
    return load(
        "torch",
        EncoderError(
            "training an encoder needs PyTorch, which is not installed: run `pip install -e '.[train]'`; using the "
            "committed one does not need it"
        ),
    )


def _new_model(torch: Any, settings: EncoderSettings) -> Any:  # noqa: ANN401  # see _torch
    nn = torch.nn
    encoder, n_in = [], 3
    for n_out in settings.channels:
        encoder += [nn.Conv2d(n_in, n_out, 4, stride=2), nn.ReLU()]
        n_in = n_out
    features = n_in * SIDES[-1] ** 2
    wide = settings.decoder_channels[0]
    decoder, outs = [], (*settings.decoder_channels[1:], 3)
    for n_in, n_out, kernel in zip(settings.decoder_channels, outs, DECODER_KERNELS, strict=True):
        decoder += [nn.ConvTranspose2d(n_in, n_out, kernel, stride=2), nn.ReLU()]
    return nn.ModuleDict(
        {
            "encoder": nn.Sequential(*encoder, nn.Flatten()),
            "mean": nn.Linear(features, N_LATENTS),
            "log_variance": nn.Linear(features, N_LATENTS),
            "wide": nn.Linear(N_LATENTS, wide),
            "decoder": nn.Sequential(*decoder[:-1], nn.Sigmoid()),
        }
    )


def _decode(torch: Any, model: Any, latents: Any) -> Any:  # noqa: ANN401  # see _torch
    return model["decoder"](torch.relu(model["wide"](latents))[:, :, None, None])


def _tensors(model: Any) -> dict[str, NDArray[np.float32]]:  # noqa: ANN401  # see _torch
    layers = {f"encoder.{i}": model["encoder"][2 * i] for i in range(4)}
    layers |= {"encoder.dense": model["mean"], "decoder.dense": model["wide"]}
    layers |= {f"decoder.{i}": model["decoder"][2 * i] for i in range(4)}
    return {
        f"{name}.{part}": getattr(layer, part).detach().numpy().astype(np.float32)
        for name, layer in layers.items()
        for part in ("weight", "bias")
    }


def train_encoder(
    task: str,
    frames_of: Callable[[int, int], NDArray[np.uint8]],
    settings: EncoderSettings,
    seed: int,
    path: Path,
    reporter: Reporter,
    command: str,
    threads: int = 1,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Train an encoder and write its file.

    Args:
        task: the task's name.
        frames_of: a function ``(n, seed) -> frames`` of shape (n, 64, 64, 3).
        settings: how it is trained.
        seed: for everything random.
        path: where the file goes.
        reporter: shows progress.
        command: for the provenance.
        threads: of PyTorch.
        notes: further provenance, such as which champion drove.

    Returns:
        ``file``, ``bytes``, ``hash``, ``error_of_255``: the mean absolute difference between frames and reconstructions
        of rollouts that were not trained on, and ``parameters``.

    Raises:
        EncoderError: PyTorch is not installed.
    """
    torch = _torch()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    frames = frames_of(settings.frames, seed)
    unseen = frames_of(settings.frames // 10, seed + 1_000_003)
    data = torch.from_numpy(np.ascontiguousarray(frames.transpose(0, 3, 1, 2)))
    model = _new_model(torch, settings)
    optimiser = torch.optim.Adam(model.parameters(), settings.rate)
    n_batches = settings.frames // settings.batch
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.epochs * n_batches, 0.01 * settings.rate)
    free = settings.free_nats * N_LATENTS
    with stage(reporter, settings.epochs, f"encoder: epochs on {settings.frames} frames"):
        for _ in range(settings.epochs):
            order = torch.randperm(settings.frames)
            losses = []
            for k in range(n_batches):
                x = data[order[k * settings.batch : (k + 1) * settings.batch]].float() / 255.0
                features = model["encoder"](x)
                mean, log_variance = model["mean"](features), model["log_variance"](features)
                latents = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
                error = ((_decode(torch, model, latents) - x) ** 2).sum(dim=(1, 2, 3)).mean()
                divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum(dim=1)
                loss = error + torch.clamp(divergence, min=free).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                losses.append(error.item())
            reporter.advance(squared_error=float(np.mean(losses)))
    tensors = _tensors(model)
    return _write(task, settings, seed, path, {"command": command, **notes}, tensors, unseen, str(torch.__version__))


def _write(
    task: str,
    settings: EncoderSettings,
    seed: int,
    path: Path,
    origin: Mapping[str, str],
    tensors: dict[str, NDArray[np.float32]],
    unseen: NDArray[np.uint8],
    torch_version: str,
) -> dict[str, Any]:
    notes = {
        "task": task,
        **origin,
        "seed": str(seed),
        **{name: str(value) for name, value in asdict(settings).items()},
        "finished": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "packages": f"torch {torch_version}, numpy {np.__version__}, python {platform.python_version()}",
    }
    temporary = path.with_name(f".{path.name}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # The error is measured with the task's own forward pass, on the file as it was written.
        write_bytes(temporary, encoder_bytes(tensors, notes))
        encoder = load_encoder(task, temporary)
    finally:
        temporary.unlink(missing_ok=True)
    differences, scales = [], []
    for frame in unseen:
        latents = encoder.latents(frame)
        scales.append(latents)
        differences.append(np.abs(encoder.reconstruct(latents).astype(float) - frame).mean())
    error = float(np.mean(differences))
    notes["reconstruction_error_of_255"] = f"{error:.3f}"
    notes["unseen_frames"] = str(len(unseen))
    write_bytes(path, encoder_bytes(tensors, notes))
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "hash": content_hash(path),
        "error_of_255": error,
        "latent_deviation": float(np.std(scales, axis=0).mean()),
        "parameters": int(sum(tensor.size for name, tensor in tensors.items() if name.startswith("encoder"))),
    }
