"""The stage on which characters follow one another: how often each is on, and how long it stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.row import CheckError, Finding, Parameter, Run, mean, row, share
from basin.checks.still import still
from basin.simulate import trajectory

SOURCE = "this project's closed form: redrawing with a chance that nothing changes is a Markov chain (Norris 1997)"

CARE = (0.9, 0.5, 0.1)  # by which the three characters are told apart
AT_FIRST = 0.3  # no character of the cast
WEIGHTS = tuple(
    Parameter(name, weight, 0.01, 100, "weight", f"of the character with care {care}")
    for name, weight, care in zip(("first", "second", "third"), (3.0, 1.0, 1.0), CARE, strict=True)
)
SWITCH = Parameter("switch", 0.05, 0.001, 1, "probability per episode", "chance that a character is drawn")
LOCK = Parameter("lock", 0.2, 0, 0.99, "share", "how much of the switching a lock stops")
RUNS = Parameter("runs", 4000, 100, 1_000_000, "runs", "stages", whole=True)


def care(run: Run, weights: list[float], switch: float, lock: float, episodes: int, runs: int) -> NDArray[np.float64]:
    """(runs, T + 1) the share of care, in a world in which nothing but the stage changes motives."""
    cast = [
        {"name": f"character{k}", "weight": weight, "care": share, "self_interest": 1 - share}
        for k, (weight, share) in enumerate(zip(weights, CARE, strict=True))
    ]
    changes = {
        "values.features": 1,
        "motives.own": [{"name": "self_interest"}],
        "motives.care": AT_FIRST,
        "personas.cast": cast,
        "personas.switch": switch,
        "personas.lock": lock,
        "outcome.horizon": episodes,
    }
    return trajectory(still(changes), runs, run.seed, threads=run.threads).shares[:, :, 0]


@row(
    "persona-shares",
    source=SOURCE,
    parameters=(*WEIGHTS, SWITCH, LOCK, Parameter("episodes", 30, 1, 1000, "episodes", "T", whole=True), RUNS),
    cases=({}, {"episodes": 300}),
)
def persona_shares(
    run: Run, first: float, second: float, third: float, switch: float, lock: float, episodes: int, runs: int
) -> list[Finding]:
    """How often each character is on after T episodes: w_k (1 − (1 − q)^T), q = switch (1 − lock), tending to w_k."""
    weights = [first, second, third]
    now = care(run, weights, switch, lock, episodes, runs)[:, -1]
    known = theory.persona_shares([1, 0, 0, 0], [0, *weights], switch, lock, episodes)
    found = []
    for k, character in enumerate(CARE):
        on = np.abs(now - character) < 1e-6
        label = f"care {character}"
        found.append(Finding(**{**vars(share(float(known[1 + k]), on)), "label": label}))
    return found


@row(
    "persona-sojourn",
    source=SOURCE,
    parameters=(*WEIGHTS, SWITCH, LOCK, Parameter("runs", 500, 10, 100_000, "runs", "stages", whole=True)),
)
def persona_sojourn(
    run: Run, first: float, second: float, third: float, switch: float, lock: float, runs: int
) -> list[Finding]:
    """Mean episodes from a character's entry until another takes its place: 1/(q (1 − w_k)).

    Stays that begin in the first half of the time are counted: the second half is so long that all of them end.
    """
    weights = [first, second, third]
    known = theory.persona_sojourn(weights, switch, lock)
    half = int(np.ceil(30 * known.max()))
    if half * runs > 20_000_000:
        raise CheckError(f"switch = {switch}, lock = {lock}: stays of {known.max():.3g} episodes are too long to wait for")
    path = care(run, weights, switch, lock, 2 * half, runs)
    found = []
    for k, character in enumerate(CARE):
        on = np.abs(path - character) < 1e-6
        enters = on[:, 1:] & ~on[:, :-1]
        leaves = ~on[:, 1:] & on[:, :-1]
        stays = []
        for entered, left in zip(enters, leaves, strict=True):
            begins, ends = np.flatnonzero(entered), np.flatnonzero(left)
            begins = begins[begins < half]
            if len(ends) < len(begins):
                raise CheckError(f"a stay at care {character} did not end in {half} episodes")
            stays.append(ends[: len(begins)] - begins)
        lengths = np.concatenate(stays)
        found.append(Finding(**{**vars(mean(float(known[k]), lengths)), "label": f"care {character}"}))
    return found


ROWS = (persona_shares, persona_sojourn)
