"""The ten activations of the release, by id and by name."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wann_core.networks.activations import ALL_ACTIVATIONS, Activation, reference


def test_ids_are_those_of_the_release() -> None:
    names = [activation.label for activation in ALL_ACTIVATIONS]
    assert names == [
        "linear", "step", "sin", "gaussian", "tanh", "sigmoid", "inverse", "absolute", "relu", "cosine"
    ]  # fmt: skip
    assert [int(activation) for activation in ALL_ACTIVATIONS] == list(range(1, 11))


@pytest.mark.parametrize("activation", ALL_ACTIVATIONS)
def test_a_label_leads_back_to_its_activation(activation: Activation) -> None:
    assert Activation.from_label(activation.label) is activation


def test_an_unknown_label_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match=r"no activation \"softmax\"; there are: linear, step, .*cosine"):
        Activation.from_label("softmax")


@pytest.mark.parametrize(
    ("activation", "at_half", "at_minus_two"),
    [
        (Activation.LINEAR, 0.5, -2.0),
        (Activation.STEP, 1.0, 0.0),
        (Activation.SIN, 1.0, 0.0),
        (Activation.GAUSSIAN, math.exp(-0.125), math.exp(-2.0)),
        (Activation.TANH, math.tanh(0.5), math.tanh(-2.0)),
        (Activation.SIGMOID, 1.0 / (1.0 + math.exp(-0.5)), 1.0 / (1.0 + math.exp(2.0))),
        (Activation.INVERSE, -0.5, 2.0),
        (Activation.ABSOLUTE, 0.5, 2.0),
        (Activation.RELU, 0.5, 0.0),
        (Activation.COSINE, 0.0, 1.0),
    ],
)
def test_values(activation: Activation, at_half: float, at_minus_two: float) -> None:
    assert reference(activation, np.array([0.5, -2.0])) == pytest.approx([at_half, at_minus_two], abs=1e-15)


def test_step_is_off_at_zero() -> None:
    assert reference(Activation.STEP, np.array([0.0])).tolist() == [0.0]
