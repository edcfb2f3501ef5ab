"""Passage problems on a grid: second order, errors that hold what they say, and what cannot be solved."""

from __future__ import annotations

import math

import numpy as np
import pytest

from basin.analysis.generator import GeneratorError, Passage

INF = math.inf
LEFT, RIGHT = ((-INF, -1.0),), ((1.0, INF),)


def double_well(state):
    return state - state**3


def well(noise=0.5, **more):
    return Passage(double_well, noise, ((-2.5, 2.5),), (LEFT,), (RIGHT,), **more)


@pytest.mark.parametrize(("x", "expected"), [(-0.5, 0.11395), (-0.2, 0.30697), (0.1, 0.60029), (-1.0, 0.0), (1.5, 1.0)])
def test_committor_of_the_double_well(x, expected):
    value, error = well(nodes=((x,),)).committor().at([[x]])
    assert value[0] == pytest.approx(expected, abs=5.1e-6) and error[0] < 2e-6


def test_passage_times_of_the_double_well():
    to_right = well().time()
    assert to_right.at([[-1.0]])[0][0] == pytest.approx(41.0343, abs=6e-5 + to_right.at([[-1.0]])[1][0])
    to_middle = Passage(double_well, 0.5, ((-2.5, 2.5),), (), (((0.0, INF),),), nodes=((-1.0,),)).time()
    value, error = to_middle.at([[-1.0]])
    assert abs(value[0] - 18.4262) < error[0] + 5e-5


def test_quasi_potential_is_the_potential():
    field = well(noise=0.7).quasi_potential()
    potential = (field.axes[0] ** 2 - 1) ** 2 / 4
    assert (abs(field.value - potential) <= field.error + 1e-9).all()
    assert field.error.max() < 1e-4 and field.value.min() == 0


@pytest.mark.parametrize("solve", ["committor", "time", "quasi_potential"])
def test_halving_the_spacing_quarters_the_error(solve):
    """Second order, against a much finer grid."""
    places = np.array([[-0.75], [-0.25], [0.5]])
    nodes = (tuple(places[:, 0]),)
    finest = getattr(well(nodes=nodes, cells=8000), solve)().at(places)[0]
    errors = [abs(getattr(well(nodes=nodes, cells=cells), solve)().at(places)[0] - finest).max() for cells in (200, 400, 800)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1) and errors[1] / errors[2] == pytest.approx(4, rel=0.1)


def test_errors_hold_the_truth_in_two_dimensions():
    """Brownian motion between two walls: the committor is linear; out of a square, the time is known."""
    band = Passage(np.zeros_like, 1.0, ((0, 1), (0, 1)), (((-INF, 0.2), (-INF, INF)),), (((0.8, INF), (-INF, INF)),), cells=40)
    field = band.committor()
    expected = np.clip((field.axes[0] - 0.2) / 0.6, 0, 1)[:, None]
    assert abs(field.value - expected).max() < 1e-9
    faces = [(((-INF, 0.0)), (-INF, INF)), ((1.0, INF), (-INF, INF)), ((-INF, INF), (-INF, 0.0)), ((-INF, INF), (1.0, INF))]
    value, error = Passage(np.zeros_like, 1.0, ((0, 1), (0, 1)), (), faces, cells=64).time().at([[0.5, 0.5]])
    assert abs(value[0] - 2 * 0.07367135) < error[0] < 1e-3


def test_three_coordinates_that_do_not_meet():
    slab = [((-INF, -1.0), (-INF, INF), (-INF, INF)), ((1.0, INF), (-INF, INF), (-INF, INF))]
    problem = Passage(
        lambda state: np.column_stack([double_well(state[:, 0]), -state[:, 1], -2 * state[:, 2]]),
        0.5, ((-1.5, 1.5), (-1, 1), (-1, 1)), slab[:1], slab[1:], cells=12, nodes=((-0.5,), (), ()),
    )  # fmt: skip
    value, error = problem.committor().at([[-0.5, 0.0, 0.0]])
    assert abs(value[0] - 0.11395) < error[0] < 0.03


def test_a_drift_that_no_potential_has():
    """Circulation along the levels of V changes no density."""

    def drift(state):
        return np.column_stack([-state[:, 0] + 2 * state[:, 1], -state[:, 1] - 2 * state[:, 0]])

    field = Passage(drift, 0.6, ((-2, 2), (-2, 2)), cells=80).quasi_potential()
    x, y = np.meshgrid(*field.axes, indexing="ij")
    inside = x**2 + y**2 < 2
    assert (abs(field.value - (x**2 + y**2) / 2) <= field.error + 1e-6)[inside].all()
    assert field.error[inside].max() < 0.05


def test_strong_drift_stays_positive():
    field = Passage(lambda state: 0 * state + 1e4, 0.1, ((0, 1),), (((-INF, 0.0),),), (((1.0, INF),),), cells=16).committor()
    assert field.value[1:].min() > 0.999 and field.value.max() == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Passage(double_well, 0.5, ((0, 1),) * 4), "4 coordinates: the generator is solved in one, two or three"),
        (lambda: Passage(double_well, 0.0, ((0, 1),)), "noise = 0: must be above 0"),
        (lambda: Passage(double_well, math.nan, ((0, 1),)), "noise = nan: must be above 0"),
        (lambda: Passage(double_well, 0.5, ((1, 1),)), "1:1: the walls stand at a lower and a higher number"),
        (lambda: Passage(double_well, 0.5, ((0, INF),)), "0:inf: the walls stand"),
        (lambda: Passage(double_well, 0.5, ((0, 1),), (((1, 0),),)), "((1, 0),): a set has a lower and a higher bound"),
        (lambda: well(cells=4), "cells = 4: must be a whole number from 8"),
        (lambda: Passage(double_well, 0.5, ((0, 1),) * 3, cells=200), "cells = 200: a grid of more than"),
        (lambda: Passage(double_well, 0.5, ((-2, 2),), (), (RIGHT,)).committor(), "committor: the origin is not given"),
        (
            lambda: Passage(double_well, 0.5, ((-2, 2),), (((3, 4),),), (RIGHT,)).committor(),
            "committor: the origin does not reach between the walls",
        ),
        (lambda: Passage(double_well, 0.5, ((-2, 2),), (RIGHT,), (RIGHT,)).committor(), "committor: origin and goal overlap"),
        (lambda: Passage(double_well, 0.5, ((-2, 2),)).time(), "mean first passage time: the goal is not given"),
        (lambda: well(noise=0.08).time(), "noise = 0.08: passages are too rare for this solve"),
        (lambda: Passage(lambda state: state / 0, 0.5, ((0, 1),)).quasi_potential(), "the drift is not finite everywhere"),
    ],
)
def test_what_cannot_be_solved_gets_one_line(make, message):
    with pytest.raises(GeneratorError) as error, np.errstate(divide="ignore", invalid="ignore"):
        make()
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


def test_a_committor_needs_no_crossings():
    """However rare they are, it is known which side is reached first."""
    value, error = well(noise=0.15, nodes=((-0.2, 0.0),)).committor().at([[-0.2], [0.0]])
    assert value[1] == pytest.approx(0.5, abs=1e-6) and 0 < value[0] < 0.2 and error[0] < 1e-3
