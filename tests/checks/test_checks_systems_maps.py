"""Known answers of maps, agents and noisy systems: elsewhere too, and they can fail."""

from __future__ import annotations

import pytest

from basin import systems
from basin.checks import CheckError, passages, run, systems_maps

NAMES = [row.name for module in (systems_maps, passages) for row in module.ROWS]


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("double-well-committor", {"start": -0.5, "runs": 2000}, 0.11395),
        ("double-well-committor", {"start": -0.2, "runs": 2000}, 0.30697),
        ("double-well-committor", {"start": 0.1, "runs": 2000}, 0.60029),
        ("double-well-passage", {"end": 0, "runs": 100}, 18.4262),
        ("double-well-passage", {"runs": 100}, 41.0343),
        ("henon-bounded", {"samples": 1000}, 0.4326),
        ("deffuant-clusters", {"bound": 0.2, "runs": 10}, 2.0),
        ("deffuant-clusters", {"bound": 0.4, "runs": 10}, 1.0),
        ("exit-time", {"dimension": 1}, 1.0),
        ("exit-time", {"dimension": 2}, 8 * 0.0736713532814),
    ],
)
def test_what_is_expected_is_what_is_published(name, settings, expected):
    digits = len(f"{expected:.12g}".partition(".")[2])
    assert run([name], settings)[0].expected == pytest.approx(expected, abs=0.51 * 10.0**-digits if digits < 9 else 1e-10)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("newton-thirds", {"radius": 30}),
        ("henon-without-memory", {"a": 1.9}),
        ("henon-without-memory", {"a": 0.2}),
        ("weierstrass", {"growth": 1.9}),
        ("weierstrass", {"growth": 1.05, "samples": 20_000}),
        ("riddled-escape", {"p": 0.2, "start": -2}),
        ("riddled-escape", {"p": 0.48, "start": -20, "samples": 20_000}),
        ("riddled-escape", {"start": 0}),
        ("degroot-consensus", {"agents": 3, "self_weight": 0.9}),
        ("degroot-consensus", {"agents": 2, "self_weight": 0.0}),
        ("friedkin-johnsen", {"susceptibility": 0.99, "agents": 3}),
        ("deffuant-clusters", {"bound": 0.1, "runs": 10}),
        ("moran-fixation", {"agents": 5, "fitness": 2, "start": 2}),
        ("moran-fixation", {"agents": 10, "fitness": 0.5, "start": 10}),
        ("double-well-committor", {"noise": 1.5, "start": 0.7}),
        ("double-well-committor", {"noise": 0.15, "start": -0.05}),
        ("double-well-committor", {"start": -1.2}),
        ("double-well-passage", {"noise": 1.0, "start": -1.5, "end": 1.4}),
        ("exit-time", {"noise": 0.1}),
        ("circulation", {"noise": 0.9, "turning": -5, "x": 0.4, "y": -0.3}),
        ("rare-walk", {"p": 0.5, "goal": 40, "start": 3}),
        ("rare-walk", {"p": 0.4, "goal": 30}),
        ("rare-by-force", {"noise": 0.35, "start": -0.7, "runs": 20_000}),
    ],
)
def test_the_formulas_hold_elsewhere(name, settings):
    for result in run([name], settings):
        assert result.passed, result


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("riddled-escape", {"p": 0.41}),
        ("moran-fixation", {"fitness": 1.2}),
        ("deffuant-clusters", {"bound": 0.15}),
        ("henon-bounded", {"a": 1.35}),
        ("henon-without-memory", {"a": 1.5}),
        ("double-well-committor", {"noise": 0.55}),
        ("double-well-passage", {"noise": 0.55}),
    ],
)
def test_another_system_fails(monkeypatch, name, changed):
    """A system with slightly other parameters than it was asked for would be noticed."""
    module = systems_maps if name in [row.name for row in systems_maps.ROWS] else passages
    monkeypatch.setattr(
        module,
        "mapper",
        lambda made, paths, changes=None, runs=1: systems.mapper(made, paths, {**(changes or {}), **changed}, runs),
    )
    row = next(row for row in module.ROWS if row.name == name)
    settings = {parameter.name: parameter.default for parameter in row.parameters}
    assert not run([name], settings)[0].passed


@pytest.mark.parametrize(
    ("name", "module", "part", "wrong"),
    [
        ("degroot-consensus", systems_maps, "influence", lambda pi, rate: (pi, 1.01 * rate)),
        ("degroot-consensus", systems_maps, "influence", lambda pi, rate: (pi[::-1], rate)),
        ("exit-time", passages, "exit_time", lambda time: 1.01 * time),
        ("double-well-committor", passages, "committor", lambda share: share + 1e-5),
        ("double-well-passage", passages, "passage", lambda time: 1.0001 * time),
        ("rare-walk", passages, "ruin", lambda share: 1.5 * share),
    ],
)
def test_a_wrong_formula_fails(monkeypatch, name, module, part, wrong):
    right = getattr(module, part)

    def off(*arguments):
        found = right(*arguments)
        return wrong(*found) if isinstance(found, tuple) else wrong(found)

    monkeypatch.setattr(module, part, off)
    row = next(row for row in module.ROWS if row.name == name)
    settings = {parameter.name: parameter.default for parameter in row.parameters}
    assert not all(result.passed for result in run([name], settings))


def test_people_that_hold_on_too_little_are_found_out(monkeypatch):
    settle = systems_maps.settle
    monkeypatch.setattr(systems_maps, "settle", lambda matrix, share, *rest: settle(matrix, share - 1e-6, *rest))
    assert not run(["friedkin-johnsen"])[0].passed


def test_a_disc_beside_its_middle_is_found_out(monkeypatch):
    newton = systems.mapper("newton", ["x", "y"])
    monkeypatch.setattr(systems_maps, "mapper", lambda *_: lambda points, seed: newton(points + 0.02, seed))
    assert not all(result.passed for result in run(["newton-thirds"]))


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("moran-fixation", {"agents": 5, "start": 6}, "moran-fixation: start = 6: must be at most agents = 5"),
        ("double-well-passage", {"start": 0.5, "end": 0.5}, "double-well-passage: end = 0.5: must be above start = 0.5"),
        ("rare-walk", {"start": 12}, "rare-walk: goal = 12: must be above start = 12"),
        ("rare-by-force", {"noise": 0.2, "runs": 100, "repeats": 10}, "rare-by-force: runs = 100: brute force never arrived"),
        ("riddled-escape", {"p": 0.6}, "riddled-escape: p = 0.6: must be a number from 0.01 to 0.49"),
    ],
)
def test_bad_requests_get_one_line(name, settings, message):
    with pytest.raises(CheckError) as error:
        run([name], settings)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
