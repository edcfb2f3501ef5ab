"""What is kept of a population on its way: how many agents would be judged how, at some episodes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from basin.engine.compile import LANES, kernel
from basin.engine.crowd import Crowd, Ties
from basin.engine.layout import HARM

SEEN = ("care", "approval", "harm")
SEEN_CARE, SEEN_APPROVAL, SEEN_HARM = range(len(SEEN))


class Seen(NamedTuple):
    """What is kept of some episodes: every so many, 0 and the last among them."""

    every: int
    horizon: int
    count: NDArray[np.int64]  # type: ignore[assignment]  # (populations, moments, 6) agents by how they would be judged, the undecided first
    mean: NDArray[np.float64]  # (populations, moments, SEEN) over agents
    status: NDArray[np.int8]  # (moments, nodes) of the first nodes, as many as are watched


@kernel
def look(ties: Ties, crowd: Crowd, when: int, seen: Seen) -> None:
    """Keep what is to be seen of this episode, where it is one of those that are looked at."""
    if when % seen.every != 0 and when != seen.horizon:
        return
    now, moment = when & 1, (when + seen.every - 1) // seen.every
    for population in range(ties.coupling.shape[0]):
        for at in range(crowd.agents[population], crowd.agents[population + 1]):
            node = crowd.agent[at]
            i, l = crowd.lane[node] // LANES, crowd.lane[node] % LANES
            seen.count[population, moment, crowd.status[now, node] + 1] += 1
            seen.mean[population, moment, SEEN_CARE] += crowd.shares[i, 0, l]
            seen.mean[population, moment, SEEN_APPROVAL] += crowd.approval[node]
            seen.mean[population, moment, SEEN_HARM] += crowd.s[i, HARM + l]
        agents = crowd.agents[population + 1] - crowd.agents[population]
        for quantity in range(seen.mean.shape[2]):
            seen.mean[population, moment, quantity] /= max(1, agents)
    for node in range(seen.status.shape[1]):
        seen.status[moment, node] = crowd.status[now, node]
