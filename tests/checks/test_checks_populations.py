"""The known answers of populations hold elsewhere, and can fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from basin import theory
from basin.checks import CheckError, catalogue, crowd_opinions, crowd_selection, run
from basin.checks.row import Row, Run

ROWS: dict[str, Row] = {row.name: row for row in (*crowd_opinions.ROWS, *crowd_selection.ROWS)}

# Quick, and not what they are measured at by default
ELSEWHERE: dict[str, dict[str, float]] = {
    "population-lone-agents": {"agents": 7, "episodes": 20},
    "population-degroot": {"agents": 12, "testimony": 0.6, "degree": 2},
    "population-friedkin-johnsen": {"agents": 4, "susceptibility": 0.6},
    "population-deffuant": {"agents": 100, "bound": 0.3, "runs": 20},
    "population-echo": {"agents": 30, "prior_items": 9, "start_error": -2, "episodes": 20, "runs": 40},
    "population-moran": {"agents": 8, "start": 3, "fitness": 1.5, "runs": 400},
    "population-fermi": {"agents": 5, "start": 2, "temperature": 0.5, "lapse": 0.3, "runs": 400},
    "aligned-police": {"agents": 10_000, "runs": 4, "imitation": 0.1, "lapse": 0.3, "corruption": 0.06},
    "detected-drift": {"agents": 2000, "alpha": 0.5, "beta": 2, "detected": 0.5, "generations": 60},
}


def passed(name: str, **settings: Any) -> bool:
    return all(finding.passed for finding in ROWS[name].findings(Run(), ELSEWHERE[name] | settings))


def test_every_row_is_in_the_catalogue_and_asked_about_here():
    assert set(ROWS) == set(ELSEWHERE) <= {row.name for row in catalogue()}
    for name, settings in ELSEWHERE.items():
        (row,) = [row for row in catalogue() if row.name == name]
        defaults = {parameter.name: parameter.default for parameter in row.parameters}
        assert any(defaults[key] != value for key, value in settings.items()) and settings not in row.cases, name


@pytest.mark.parametrize("name", list(ELSEWHERE))
def test_the_answers_hold_elsewhere(name):
    results = run([name], ELSEWHERE[name])
    assert results and [result for result in results if not result.passed] == []


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("population-degroot", {"agents": 3, "degree": 2, "testimony": 1.0}),
        ("population-degroot", {"agents": 60, "degree": 6}),
        ("population-friedkin-johnsen", {"agents": 2, "susceptibility": 0.99}),
        ("population-friedkin-johnsen", {"agents": 40}),
        ("population-echo", {"prior_items": 0.5, "start_error": 2.0, "episodes": 60, "agents": 5}),
        ("population-moran", {"agents": 3, "start": 1, "fitness": 3.0}),
        ("population-moran", {"agents": 6, "start": 5, "fitness": 1.0}),  # where nobody is fitter it is their share
        ("population-fermi", {"agents": 3, "start": 1, "temperature": 5.0, "lapse": 0.0}),
        ("detected-drift", {"detected": 0.0, "alpha": 2, "beta": 2}),  # nobody is found out, so that all drift in the end
        ("detected-drift", {"detected": 1.0, "generations": 30}),
    ],
)
def test_the_answers_hold_at_the_ends(name, settings):
    assert passed(name, **settings)


@pytest.mark.parametrize(
    ("name", "formula", "wrong"),
    [
        ("population-degroot", "degroot_consensus", lambda right, w, x: 1.001 * right(w, x)),
        ("population-degroot", "degroot_rate", lambda right, w: 0.99 * right(w)),
        ("population-friedkin-johnsen", "stubborn_equilibrium", lambda right, w, s, x: right(w, 0.99 * s, x)),
        ("population-echo", "echo_error", lambda right, error, items, *a: right(error, 1.2 * items, *a)),
        ("population-echo", "echo_error", lambda right, error, items, *a: right(1.1 * error, items, *a)),
        ("population-moran", "fixation_probability", lambda right, i, n, r: right(i, n, r**1.5)),
        ("population-moran", "fixation_probability", lambda right, i, n, r: right(i - 1, n, r)),
        ("population-fermi", "pairwise_fixation", lambda right, gain, t, i: right(2 * gain, t, i)),
        ("population-fermi", "pairwise_fixation", lambda right, gain, t, i: right(gain[::-1], t, i)),
        ("aligned-police", "policed_thresholds", lambda right, c, s, k: right(0.75 * c, s, k)),
        ("detected-drift", "detected_drift_share", lambda right, t, a, b, q: right(t, a, b, 0.8 * q)),
        ("detected-drift", "detected_drift_share", lambda right, t, a, b, q: right(t, a, 1.3 * b, q)),
    ],
)
def test_a_wrong_formula_fails(monkeypatch, name, formula, wrong):
    right = getattr(theory, formula)
    monkeypatch.setattr(theory, formula, lambda *arguments: wrong(right, *arguments))
    assert not passed(name)


def changed(module: Any, builder: str, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]) -> None:
    """Have every scenario of a module built with these changes, or with a number times what it would have had."""
    built = getattr(module, builder)

    def otherwise(asked):
        said = dict(asked)
        factors = {path: said[path] * change[0] for path, change in changes.items() if isinstance(change, tuple)}
        plain = {path: change for path, change in changes.items() if not isinstance(change, tuple)}
        return built(said | plain | factors)

    monkeypatch.setattr(module, builder, otherwise)


@pytest.mark.parametrize(
    ("name", "builder", "changes"),
    [
        ("population-degroot", "silent", {"population.testimony": (0.8,)}),  # (x,): x times as much
        ("population-degroot", "silent", {"population.testimony_rule": "meet"}),
        ("population-degroot", "silent", {"population.trust_bound": 0.3}),
        ("population-friedkin-johnsen", "silent", {"population.testimony": (0.5,)}),
        ("population-friedkin-johnsen", "silent", {"population.trust_bound": 0.5}),
        ("population-deffuant", "silent", {"population.trust_bound": (1.5,)}),
        ("population-deffuant", "silent", {"population.testimony_rule": "average"}),
        ("population-echo", "still", {"population.testimony": 0.0}),
        ("population-echo", "still", {"population.testimony": (0.5,)}),
        ("population-echo", "still", {"population.testimony_noise": 1.5}),
        ("population-moran", "camps", {"oversight.audit": 0.5}),
        ("population-moran", "camps", {"oversight.evasion": 1.0}),
        ("population-fermi", "camps", {"population.peer_audit": 0.0}),
        ("population-fermi", "camps", {"population.peer_audit": (3.0,)}),
        ("population-fermi", "camps", {"humans.lapse": 0.0}),
        ("aligned-police", "camps", {"population.peer_audit": (1.5,)}),
        ("detected-drift", "camps", {"population.found_out": (1.3,)}),
        ("detected-drift", "camps", {"population.found_out": (0.7,)}),
    ],
)
def test_a_population_that_does_something_else_fails(monkeypatch, name, builder, changes):
    """Every one of these checks would notice that what passes between agents is another mechanism, or as strong as another."""
    module = crowd_opinions if ROWS[name] in crowd_opinions.ROWS else crowd_selection
    changed(module, builder, monkeypatch, changes)
    assert not passed(name)


@pytest.mark.parametrize(
    "changes",
    [
        {"population.testimony": 0.1},
        {"population.imitation": 0.1},
        {"population.peer_audit": 0.1, "population.aligned": 0.5},
        {"population.overseen": 0.5},
        {"population.aligned": 0.2},
        {"population.generation_every": 5},
    ],
)
def test_agents_who_are_not_alone_are_told_apart(monkeypatch, changes):
    heard = crowd_opinions.listeners
    monkeypatch.setattr(crowd_opinions, "listeners", lambda how, scenario, *more: heard(how, scenario.with_(changes), *more))
    assert not passed("population-lone-agents")


def test_camps_are_groups_farther_apart_than_the_bound():
    angles = np.concatenate([np.full(50, 0.0), np.full(48, 0.1), np.full(2, 0.25), [0.4]])
    population: Any = type(
        "Made", (), {"target": np.array([1.0, 0.0]), "belief": np.stack([np.cos(angles), np.sin(angles)], 1)}
    )
    assert crowd_opinions.camps(population, 0.05) == 3  # one agent of a hundred and one is no camp
    assert crowd_opinions.camps(population, 0.12) == 2
    assert crowd_opinions.camps(population, 0.5) == 1


def test_the_same_on_any_number_of_threads():
    for name in ("population-fermi", "population-echo"):
        one, two = (run([name], ELSEWHERE[name], threads=threads) for threads in (1, 2))
        assert one == two


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("population-moran", {"agents": 6, "start": 6}, "population-moran: start = 6: must be below agents = 6"),
        ("population-fermi", {"agents": 4, "start": 4}, "population-fermi: start = 4: must be below agents = 4"),
        ("aligned-police", {"corruption": 0.9}, "aligned-police: corruption = 0.9: the aligned cannot hold there"),
        ("population-degroot", {"degree": 3}, "population-degroot: population.degree = 3: must be even"),
        ("population-degroot", {"agents": 4, "degree": 4}, "population-degroot: population.degree = 4: must be below"),
        ("population-deffuant", {"agents": 10}, "population-deffuant: agents = 10: must be a whole number from"),
    ],
)
def test_bad_requests_get_one_line(name, settings, message):
    with pytest.raises(CheckError) as error:
        run([name], settings)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


def test_populations_that_are_still_mixed_say_nothing(monkeypatch):
    changed(crowd_selection, "camps", monkeypatch, {"outcome.horizon": 3})
    with pytest.raises(CheckError, match=r"outcome\.horizon = 3: too short for every population to become uniform"):
        passed("population-fermi")
