"""Optimisers of many weights behind one ask and tell: CMA-ES, and an evolution strategy that follows a gradient.

CMA-ES learns how the weights depend on each other, which takes many evaluations per weight. For thousands of weights,
pairs of opposite perturbations and their returns give a gradient estimate that is good enough for Adam, and no
dependence has to be learnt.

Both draw only from the generator that they are given, so their course depends only on its seed and on the returns that
they are told.

Source: N. Hansen, pycma; Ros & Hansen 2008 (diagonal covariance); Salimans et al. 2017, "Evolution strategies as a
scalable alternative to reinforcement learning" (mirrored sampling, centred ranks); Kingma & Ba 2015 (Adam).
"""

from __future__ import annotations

import warnings
from typing import Any, Final, Protocol

import numpy as np

from wann_core.errors import WannError
from wann_core.networks.arrays import Floats

_BETA_1: Final = 0.9
_BETA_2: Final = 0.999
_WEIGHT_DECAY: Final = 0.005


class Optimiser(Protocol):
    """The interface that tuning needs of an optimiser."""

    def ask(self) -> Floats:
        """(n_candidates, n_weights) to try."""
        ...

    def tell(self, values: Floats) -> None:
        """(n_candidates,) their returns; higher is better."""
        ...

    @property
    def centre(self) -> Floats:
        """(n_weights,) the centre around which the next candidates are drawn."""
        ...


class Cma:
    """CMA-ES from pycma.

    Args:
        start: (n_weights,) first centre.
        sigma: first step size.
        candidates: per iteration.
        rng: everything random comes from here.
        is_separable: keep the covariance diagonal.
    """

    def __init__(
        self, start: Floats, sigma: float, candidates: int, rng: np.random.Generator, *, is_separable: bool
    ) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a missing matplotlib does not matter here
            import cma  # noqa: PLC0415  # takes a second to import, and only tuning needs it
        options = {
            "popsize": candidates,
            "verbose": -9,
            "seed": np.nan,  # it draws through randn below, never from the global generator
            "randn": lambda *shape: rng.standard_normal(shape),
            "CMA_diagonal": is_separable,
            "tolfun": 0,
            "tolfunhist": 0,
            "tolx": 0,
            "tolstagnation": 10**9,
            "maxiter": np.inf,
        }
        self._strategy: Any = cma.CMAEvolutionStrategy(np.asarray(start, dtype=np.float64), sigma, options)
        self._asked: list[Floats] = []

    def ask(self) -> Floats:
        """See ``Optimiser``."""
        self._asked = self._strategy.ask()
        return np.array(self._asked)

    def tell(self, values: Floats) -> None:
        """See ``Optimiser``."""
        self._strategy.tell(self._asked, list(-values))

    @property
    def centre(self) -> Floats:
        """See ``Optimiser``."""
        return np.asarray(self._strategy.result.xfavorite, dtype=np.float64)


class GradientStrategy:
    """Mirrored perturbations of one size, their centred ranks, Adam.

    Args:
        start: (n_weights,) first centre.
        sigma: size of the perturbations.
        candidates: per iteration, an even number.
        rng: everything random comes from here.
        rate: Adam's learning rate.

    Raises:
        WannError: an odd number of candidates.
    """

    def __init__(self, start: Floats, sigma: float, candidates: int, rng: np.random.Generator, *, rate: float) -> None:
        if candidates % 2:
            raise WannError(f"candidates = {candidates}: must be even, every perturbation is tried both ways")
        self._centre = np.array(start, dtype=np.float64)
        self._sigma, self._rate, self._rng = sigma, rate, rng
        self._half = candidates // 2
        self._noise = np.zeros((self._half, len(start)))
        self._first, self._second = np.zeros(len(start)), np.zeros(len(start))
        self._n_steps = 0

    def ask(self) -> Floats:
        """See ``Optimiser``."""
        self._noise = self._rng.standard_normal(self._noise.shape)
        return self._centre + self._sigma * np.concatenate([self._noise, -self._noise])

    def tell(self, values: Floats) -> None:
        """See ``Optimiser``."""
        ranks = np.empty(len(values))
        ranks[np.argsort(values, kind="stable")] = np.linspace(-0.5, 0.5, len(values))
        gradient = (ranks[: self._half] - ranks[self._half :]) @ self._noise / (len(values) * self._sigma)
        self._n_steps += 1
        self._first = _BETA_1 * self._first + (1.0 - _BETA_1) * gradient
        self._second = _BETA_2 * self._second + (1.0 - _BETA_2) * gradient**2
        step = self._first / (1.0 - _BETA_1**self._n_steps)
        step /= np.sqrt(self._second / (1.0 - _BETA_2**self._n_steps)) + 1e-12
        self._centre = self._centre + self._rate * (step - _WEIGHT_DECAY * self._centre)

    @property
    def centre(self) -> Floats:
        """See ``Optimiser``."""
        return self._centre
