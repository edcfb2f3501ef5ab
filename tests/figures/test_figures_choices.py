"""What can be chosen of a sweep's picture is what can be drawn."""

from __future__ import annotations

from itertools import product

import pytest

from basin import figures
from basin.figures import FigureError
from tests.figures.test_figures_sweeps import CARE, GROWTH, PICTURES, SCENARIO, made, sampled

FIRST, *OTHERS = PICTURES  # each takes ten seconds


@pytest.mark.parametrize("name", [FIRST, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_whatever_is_offered_can_be_drawn(name):
    found = PICTURES[name]()
    first = figures.sweep_choices(found)
    for value, x, y, curves in product(first.values, (None, *first.numbers), (None, *first.numbers), (False, True)):
        if y is not None and (x == y or len(first.numbers) == 1):
            continue
        told = figures.sweep_choices(found, value, x, y, curves)
        assert told.value == value and told.x == (x or told.x) and told.y == (None if curves else y or told.y)
        assert not {told.x, told.y} & set(told.held)
        for last in (0, -1):
            at = {dim: list(positions)[last] for dim, positions in told.held.items() if dim not in told.each}
            assert figures.sweep(found, value, x=told.x, y=told.y, at=at).layout.meta["title"]
            every = {dim: list(positions)[last] for dim, positions in told.held.items()}
            fig = figures.sweep(found, value, x=told.x, y=told.y, at=every)
            said = fig.layout.meta["detail"]
            assert all(positions[every[dim]] in said for dim, positions in told.held.items())


def test_two_axes_of_numbers_are_a_map_or_curves():
    found = made(SCENARIO, CARE, GROWTH)
    told = figures.sweep_choices(found)
    assert (told.value, told.x, told.y, told.numbers) == ("aligned", CARE, GROWTH, (CARE, GROWTH))
    assert list(told.values) == ["aligned", "count"] and told.values["aligned"].startswith("P(aligned)")
    assert told.held == {SCENARIO: {"slow": "slow", "fast": "fast"}} and told.each == {SCENARIO}
    assert told.words == {SCENARIO: "Scenario", CARE: "Care", GROWTH: "Growth"}
    curves = figures.sweep_choices(found, curves=True)
    assert curves.y is None and list(curves.held) == [SCENARIO, GROWTH] and curves.each == {SCENARIO}
    assert list(curves.held[GROWTH].items())[1] == ("0.00562341", "0.00562")
    at = {GROWTH: "0.00562341"}
    assert {trace.type for trace in figures.sweep(found, x=CARE, at=at).data} == {"scatter"}
    assert figures.sweep_choices(found, x=GROWTH).y == CARE


def test_evenly_spread_points_are_dots_over_what_varies():
    told = figures.sweep_choices(sampled())
    assert (told.x, told.y, told.numbers, told.held) == (CARE, None, (CARE, GROWTH), {})
    assert figures.sweep_choices(sampled(), y=CARE).x == GROWTH


def test_what_is_not_there_is_said():
    with pytest.raises(FigureError, match="did you mean aligned"):
        figures.sweep_choices(made(CARE), "alined")
    with pytest.raises(FigureError, match="no such axis"):
        figures.sweep_choices(made(CARE), x="motives.caer")
    with pytest.raises(FigureError, match="holds no sweep"):
        figures.sweep_choices(made(CARE, **{"basin": "map"}))
