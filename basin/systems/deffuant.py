"""Bounded confidence: two people who meet move towards each other if they are not too far apart; how many camps remain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from basin.engine.random import uniform52
from basin.labels import UNDECIDED, Labels
from basin.systems.chance import below, words
from basin.systems.compile import kernel
from basin.systems.system import Numbers, Parameter, Starts, System, Values

CAMP = 0.01  # of all agents: smaller groups do not count
FINE = 32  # bins
MOST_SWEEPS = 10_000  # a sweep: as many meetings as there are agents
OPINIONS, MEETINGS = 0, 1  # slots


@kernel
def _may_be_certain(opinion: Numbers, people: int, bound: float, taken: NDArray[np.bool_]) -> bool:
    """False where the camps cannot be certain yet: sorting would show it too, but takes as long as the meetings.

    Opinions are put into bins, FINE of them as wide as the bound: so far apart are the bins on both sides of a gap, and so few
    hold a group that is narrower. One bin is allowed for rounding either way.
    """
    scale = FINE / bound
    bins = int(scale) + 1
    taken[:bins] = False
    for i in range(people):
        taken[int(opinion[i] * scale)] = True
    first, last = -1, -2 * FINE
    for at in range(bins):
        if taken[at]:
            first = at if at - last >= FINE - 1 else first
            last = at
            if last - first > FINE + 1:
                return False
    return True


@kernel
def _converge(
    parameters: Numbers,
    run: NDArray[np.uint64],
    seed: np.uint64,
    opinion: Numbers,
    taken: NDArray[np.bool_],
    label: NDArray[np.int8],
    time: Numbers,
) -> None:
    """Meetings until the camps are certain: no one can cross a gap as wide as the bound, and a group narrower than the
    bound, all of whose members listen to one another, becomes one."""
    for at in range(parameters.shape[0]):
        people, bound, move = int(parameters[at, 0]), parameters[at, 1], parameters[at, 2]
        for i in range(people):
            w0, w1, _, _ = words(run[at], i, OPINIONS, seed)
            opinion[i] = uniform52(w0, w1)
        for sweep in range(MOST_SWEEPS):
            if _may_be_certain(opinion, people, bound, taken):
                ordered = np.sort(opinion[:people])
                camps, first, certain = 0, 0, True
                for i in range(1, people + 1):
                    if i == people or ordered[i] - ordered[i - 1] >= bound:
                        certain = certain and ordered[i - 1] - ordered[first] < bound
                        camps += i - first >= CAMP * people
                        first = i
                if certain:
                    label[at], time[at] = min(camps, 100), sweep
                    break
            for meeting in range((people + 1) // 2):
                w0, w1, w2, w3 = words(run[at], sweep * ((people + 1) // 2) + meeting, MEETINGS, seed)
                for a, b in ((w0, w1), (w2, w3)):
                    i = below(a, people)
                    j = below(b, people - 1)
                    j += j >= i
                    apart = opinion[j] - opinion[i]
                    step = move * apart if abs(apart) < bound else 0.0  # a choice, not a branch that is guessed wrong
                    opinion[i] += step
                    opinion[j] -= step


def label(starts: Starts) -> tuple[NDArray[np.int8], Numbers]:
    code, time = np.full(len(starts.start), UNDECIDED, np.int8), np.full(len(starts.start), np.inf)
    opinion = np.empty(int(starts.parameters[:, 0].max(initial=0)))
    taken = np.zeros(int(FINE / starts.parameters[:, 1].min(initial=1.0)) + 2, np.bool_)
    _converge(starts.parameters, starts.run, np.uint64(starts.seed), opinion, taken, code, time)
    return code, time


def outcomes(values: Values) -> dict[str, int]:
    """As many camps as can be: they lie farther apart than the bound."""
    most = min(100, int(1 / values["bound"]) + 1)
    return {"no_clusters": 0, "1_cluster": 1} | {f"{k}_clusters": k for k in range(2, most + 1)}


def extras(labels: Labels, values: Values) -> dict[str, Any]:
    """The mean number of camps, with the standard error's 95% interval."""
    from scipy.special import stdtrit

    counts = labels.label[labels.label >= 0].astype(float)
    if len(counts) < 2:
        return {"clusters": {"mean": float(counts.mean()) if len(counts) else np.nan, "low": np.nan, "high": np.nan}}
    middle, half = counts.mean(), stdtrit(len(counts) - 1, 0.975) * counts.std(ddof=1) / np.sqrt(len(counts))
    return {"clusters": {"mean": float(middle), "low": float(middle - half), "high": float(middle + half)}}


SYSTEM = System(
    name="deffuant",
    title="Bounded confidence",
    summary="People listen to those who think nearly as they do: into how many camps they fall",
    source="Deffuant, Neau, Amblard & Weisbuch 2000, Adv. Complex Syst. 3, 87–98",
    parameters=(
        Parameter("agents", 1000, 2, 100_000, "agents", "how many people", integer=True),
        Parameter("bound", 0.2, 0.01, 1.0, "opinion", "how far apart two may be and still listen to each other"),
        Parameter("convergence", 0.5, 0.01, 0.5, "1", "how far each moves towards the other; 0.5: they meet in the middle"),
    ),
    coordinates=lambda values: (),
    outcomes=outcomes,
    target="1_cluster",
    label=label,
    stochastic=True,
    extras=extras,
    time_units="meetings per agent",
)
