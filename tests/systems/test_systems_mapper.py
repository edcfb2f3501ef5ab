"""What every system has: parameters with bounds, start coordinates with a window, and a mapper over both."""

import numpy as np
import pytest

from basin import systems
from basin.labels import UNDECIDED
from basin.systems import Coordinate, Parameter, System, SystemError, SystemMapper


def label(starts):
    """Where x lies beside the threshold; the second coordinate is not looked at."""
    above = starts.start[:, 0] > starts.parameters[:, 0]
    return np.where(starts.start[:, 1] < 0, UNDECIDED, above).astype(np.int8), starts.run.astype(float)


STEP = System(
    name="step",
    title="A step",
    summary="",
    source="none",
    parameters=(
        Parameter("threshold", 0.5, 0.0, 1.0, "1", "where it is"),
        Parameter("people", 3, 1, 9, "1", "", integer=True),
    ),
    coordinates=lambda values: (
        Coordinate("x", 0.0, 1.0, "1", ""),
        Coordinate("k", 0.0, values["people"], "1", "", integer=True),
    ),
    outcomes=lambda values: {"below": 0, "above": 1},
    target="above",
    label=label,
)


def test_points_are_coordinates_and_parameters_in_any_order():
    mapper = SystemMapper(STEP, ("threshold", "x"))
    labels = mapper(np.array([[0.2, 0.3], [0.4, 0.3]]), seed=1)
    assert labels.label.tolist() == [[1], [0]] and labels.label.dtype == np.int8 and labels.time.shape == (2, 1)


def test_coordinates_that_are_not_given_are_drawn_from_their_window_by_the_seed():
    mapper = SystemMapper(STEP, ("threshold",), runs=500)
    points = np.array([[0.25], [0.5]])
    starts = mapper.starts(points, seed=3)
    assert starts.start.shape == (1000, 2) and starts.parameters[:500, 0].tolist() == [0.25] * 500
    assert starts.start[:, 0].min() >= 0 and starts.start[:, 0].max() <= 1
    assert set(starts.start[:, 1]) == {0.0, 1.0, 2.0, 3.0}  # whole numbers, both ends
    assert np.array_equal(starts.start, mapper.starts(points, seed=3).start)
    assert not np.array_equal(starts.start, mapper.starts(points, seed=4).start)
    share = (mapper(points, seed=3).label == 1).mean(axis=1)
    assert abs(share[0] - 0.75) < 0.07 and abs(share[1] - 0.5) < 0.08  # 3.5 standard errors of 500


def test_the_window_follows_the_parameters():
    assert SystemMapper(STEP, ("threshold",), 400, {"people": 7}).starts(np.array([[0.5]]), 0).start[:, 1].max() == 7


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: systems.load("newtn"), "no system 'newtn'; did you mean newton?"),
        (lambda: SystemMapper(STEP, ("treshold",)), "step: nothing is called 'treshold'; did you mean threshold?"),
        (lambda: SystemMapper(STEP, ("x",), changes={"threshold": 2.0}), "step: threshold = 2: must be from 0 to 1"),
        (
            lambda: SystemMapper(STEP, ("x",), changes={"people": 2.5}),
            "step: people = 2.5: must be a whole number from 1 to 9",
        ),
        (lambda: SystemMapper(STEP, ("x",), changes={"threshold": True}), "step: threshold = True: must be a number"),
        (lambda: SystemMapper(STEP, ("x",), changes={"persons": 2}), "step: no parameter 'persons'; did you mean people?"),
        (lambda: SystemMapper(STEP, ("x",), runs=0), "runs = 0: must be a whole number from 1"),
        (lambda: SystemMapper(STEP, ("threshold",))(np.array([[0.5], [1.5]])), "step: threshold = 1.5: must be from 0 to 1"),
    ],
)
def test_what_cannot_be_is_one_line(make, line):
    with pytest.raises(SystemError) as raised:
        make()
    assert str(raised.value) == line


@pytest.mark.parametrize("name", systems.NAMES)
def test_every_system_says_what_it_is_and_labels_its_window(name):
    system = systems.load(name)
    values = system.values()
    assert system.name == name and system.title and system.summary and system.source
    codes = system.outcomes(values)
    assert system.target in codes and len(set(codes.values())) == len(codes) and UNDECIDED not in codes.values()
    for parameter in system.parameters:
        assert parameter.lo <= parameter.default <= parameter.hi and parameter.units and parameter.description
    paths = [entry.name for entry in system.coordinates(values)]
    mapper = systems.mapper(name, paths)
    window = [(entry.lo, entry.hi) for entry in system.coordinates(values)]
    points = np.random.default_rng(2).uniform(*np.reshape(window, (-1, 2)).T, (64, len(window)))
    labels = mapper(points, seed=5)
    assert set(np.unique(labels.label)) <= {UNDECIDED, *codes.values()}
    assert not np.isnan(labels.time).any() and np.array_equal(np.isinf(labels.time), labels.label == UNDECIDED)
    again = mapper(points, seed=5)
    assert np.array_equal(labels.label, again.label) and np.array_equal(labels.time, again.time)
