"""The optimisers on functions with a known optimum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wann_core.networks.arrays import Floats
from wann_core.weights.optimisers import Cma, GradientStrategy, Optimiser

Make = Callable[[Floats, np.random.Generator], Optimiser]

MAKERS: dict[str, Make] = {
    "full": lambda start, rng: Cma(start, 0.5, 12, rng, is_separable=False),
    "separable": lambda start, rng: Cma(start, 0.5, 12, rng, is_separable=True),
    "gradient": lambda start, rng: GradientStrategy(start, 0.1, 12, rng, rate=0.05),
}
TARGET = np.linspace(-1.0, 1.0, 10)


def earned(candidates: Floats) -> Floats:
    values: Floats = -((candidates - TARGET) ** 2).sum(axis=1)
    return values


@pytest.mark.parametrize("name", MAKERS)
def test_an_optimiser_comes_near_the_best_point(name: str) -> None:
    optimiser = MAKERS[name](np.full(10, 2.0), np.random.default_rng(1))
    for _ in range(300):
        optimiser.tell(earned(optimiser.ask()))
    assert np.abs(optimiser.centre - TARGET).max() < 0.2


@pytest.mark.parametrize("name", MAKERS)
def test_the_course_depends_on_the_generator_and_on_what_is_told_alone(name: str) -> None:
    np.random.seed(3)  # noqa: NPY002  # the global generator is what must not matter
    first = MAKERS[name](np.zeros(10), np.random.default_rng(2))
    first_asked = [first.ask()]
    first.tell(earned(first_asked[0]))
    first_asked.append(first.ask())
    np.random.seed(4)  # noqa: NPY002  # see above
    second = MAKERS[name](np.zeros(10), np.random.default_rng(2))
    second_asked = [second.ask()]
    second.tell(earned(second_asked[0]))
    second_asked.append(second.ask())
    assert np.array_equal(first_asked, second_asked)


def test_a_gradient_strategy_looks_at_ranks_only_and_at_every_perturbation_both_ways() -> None:
    plain, cubed = (GradientStrategy(np.zeros(10), 0.1, 8, np.random.default_rng(5), rate=0.1) for _ in range(2))
    asked = plain.ask()
    assert np.allclose(asked[:4], -asked[4:])
    plain.tell(earned(asked))
    cubed.tell(earned(cubed.ask()) ** 3)
    assert np.array_equal(plain.centre, cubed.centre)


def test_an_odd_number_of_candidates_is_refused() -> None:
    with pytest.raises(ValueError, match="candidates = 7"):
        GradientStrategy(np.zeros(3), 0.1, 7, np.random.default_rng(0), rate=0.1)
