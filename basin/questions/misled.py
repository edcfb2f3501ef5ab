"""What does one misled agent do to the others?"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from basin import datasets
from basin.analysis.intervals import mean
from basin.engine.crowd import ROLES
from basin.labels import ALIGNED
from basin.questions.population import POPULATIONS, check_several, crowded, mean_change
from basin.questions.subject import Progress, SubjectLike, subject
from basin.scenario import ScenarioError
from basin.simulate import Population, populations

if TYPE_CHECKING:
    import xarray as xr

FARTHEST = 12  # links from the misled; who is farther counts with those at this distance


def misled(
    asked: SubjectLike,
    number: int = 1,
    *,
    count: int = POPULATIONS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """The same populations without and with some agents who care but are sure of the wrong values.

    number: of the misled, who stand where a lot puts them; what they are sure of has the cosine `population.misled_knowledge`
    to human values. count: populations. Only agents who are ordinary in both are compared. Where beliefs are not heard
    beyond the trust bound, or nobody speaks, nothing should change.

    Returns a Dataset. Dims (distance): by links that what the misled say must pass to reach an agent, `agents` per population,
    `knows` the mean change of cos(m, θ) at the end, with `low`, `high`, and `aligned` the change of the share that ends
    aligned, with `aligned_low`, `aligned_high`: means over populations with Student's 95% intervals. Attributes: the change
    of the share aligned over all others, `change`, `change_low`, `change_high`; `without` and `with_them`.
    Raises ScenarioError, SimulationError or GraphError, one line each.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> found = basin.misled(village, count=3)
    >>> round(found.attrs["change"], 3)
    0.061
    """
    found = crowded(subject(asked, threads=threads))
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 1:
        raise ScenarioError(f"number = {number}: must be a whole number from 1")
    check_several(count)
    sides = []
    for at, misled_agents in enumerate((0, int(number))):
        scenario = found.scenario.with_({"population.misled": misled_agents})
        part = None if progress is None else lambda done, total, at=at: progress(at * total + done, 2 * total)
        sides.append(list(populations(scenario, count, seed, moments=1, threads=threads, progress=part, cancel=cancel)))
    knows, aligned, agents = (np.full((count, FARTHEST), np.nan) for _ in range(3))
    whole = np.full((count, 2), np.nan)
    for at, (before, after) in enumerate(zip(*sides, strict=True)):
        others = before.agents & after.agents & (after.role != ROLES.index("misled"))
        if not others.any():
            raise ScenarioError(f"number = {number}: must leave other agents, whom they could mislead")
        far = np.minimum(distances(after), FARTHEST)
        gain = after.columns["knows"] - before.columns["knows"]
        ends = [(one.columns["label"] == ALIGNED).astype(float) for one in (before, after)]
        whole[at] = [end[others].mean() for end in ends]
        for step in range(1, FARTHEST + 1):
            here = others & (far == step)
            agents[at, step - 1] = here.sum()
            if here.any():
                knows[at, step - 1], aligned[at, step - 1] = gain[here].mean(), (ends[1] - ends[0])[here].mean()
    reached = np.flatnonzero((agents > 0).any(axis=0))
    knew = [mean(_known(knows[:, step])) for step in reached]
    ended = [mean_change(_known(aligned[:, step]), _known(knows[:, step])) for step in reached]
    change = mean_change(whole[:, 1] - whole[:, 0], _known(knows))
    dims = ("distance",)
    return datasets.measured(
        "misled",
        {
            "agents": (dims, agents[:, reached].mean(axis=0), "agents", "how many there are in a population"),
            "knows": (dims, [one.mean for one in knew], "cosine", "change of how well they know human values"),
            "low": (dims, [one.low for one in knew], "cosine", "lower end of its 95% interval"),
            "high": (dims, [one.high for one in knew], "cosine", "upper end of its 95% interval"),
            "aligned": (dims, [one.mean for one in ended], "share", "change of the share that ends aligned"),
            "aligned_low": (dims, [one.low for one in ended], "share", "lower end of its 95% interval"),
            "aligned_high": (dims, [one.high for one in ended], "share", "upper end of its 95% interval"),
        },
        {"distance": (dims, reached + 1, "links", f"from the misled; {FARTHEST} and more together")},
        found.attributes(seed, count, f"basin.misled(scenario, number={number}, count={count}, seed={seed})")
        | {"title": found.title, "number": int(number), "populations": count, "farthest": FARTHEST}
        | {"misled_knowledge": found.scenario.population.misled_knowledge}
        | {"without": float(whole[:, 0].mean()), "with_them": float(whole[:, 1].mean())}
        | {"change": change.mean, "change_low": change.low, "change_high": change.high},
    )  # fmt: skip


def distances(one: Population) -> NDArray[np.int64]:
    """(nodes,) links that what the misled say must pass to reach each node; a node that it never reaches is far away."""
    sources = np.flatnonzero(one.role == ROLES.index("misled"))
    nodes = len(one.role)
    if one.graph.complete:
        far = np.ones(nodes)
        far[sources] = 0
        return far.astype(np.int64)
    links = one.graph.links()
    says = csr_array((np.ones(len(links)), (links[:, 1], links[:, 0])), shape=(nodes, nodes))  # from who is heard to who hears
    far = dijkstra(says, indices=sources, unweighted=True, min_only=True)
    return np.where(np.isfinite(far), far, FARTHEST).astype(np.int64)


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of populations that have agents there."""
    return values[~np.isnan(values)]
