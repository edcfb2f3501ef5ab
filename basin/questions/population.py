"""How do many agents end that hear, copy and police one another, and since when?"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from basin import datasets, graphs
from basin.analysis import fraction, wilson
from basin.analysis.intervals import Mean, clustered, mean_difference
from basin.engine.crowd import ROLES
from basin.engine.watch import SEEN
from basin.labels import OUTCOMES, UNDECIDED
from basin.questions.subject import Progress, ScenarioSubject, SubjectLike, subject
from basin.scenario import ScenarioError
from basin.simulate import populations, whole
from basin.simulate.populations import MOMENTS
from basin.simulate.runs import check_count

if TYPE_CHECKING:
    import xarray as xr

POPULATIONS = 20  # unless said otherwise
MOST_LINKS = 50_000  # links of a graph that a Dataset keeps; a larger one would be a picture of nothing
COLUMNS = {  # of an agent: (units, what it is)
    "knows": ("cosine", "how well it knew human values at the end"),
    "cares": ("share", "share of the motive to want what humans value at the end"),
    "behaves": ("cosine", "how far it acted as humans would want at the end"),
    "harm": ("utility", "harm done on the way to the horizon, by all who were in this place"),
    "welfare": ("utility", "welfare brought about on the way to the horizon"),
    "asked": ("episodes", "episodes in which it asked first"),
}
CODES = np.array(list(OUTCOMES.values()))


def population(
    asked: SubjectLike,
    count: int = POPULATIONS,
    *,
    starts: Mapping[str, Any] | None = None,
    moments: int = MOMENTS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """Simulate some populations of a scenario's agents, each to its horizon.

    asked: a scenario, its name or file; `[population]` says how many agents there are, on which graph, and what passes between
    them. count: how many populations, each with people, random numbers and, where it is drawn at random, a graph of its own.
    starts: paths in which agents differ, with a number for each or a distribution with a quantile function `ppf`. moments:
    how many episodes on the way to keep, at most.

    Returns a Dataset. Dims (population, node): how each node ended (`label`, and `role`, what it was at first; people have no
    ending), and what it did. Dims (population, episode, outcome): `count` of agents by how they would have been judged then, a
    caring agent that does not behave yet as misled. Dims (population, episode): means over agents. Dims (population): how
    the `whole` ended: as `population.quorum` of its agents did, else undecided. Dims (outcome): share of agents, `end`, and
    of whole populations, `whole_end`, that ended so, with `_low` and `_high`, 95% intervals. Dims (episode, node): `status` in
    the first population, with its links, if there are few enough to be drawn. Attribute `aligned`, with its interval, is the
    share of the agents of all populations, of which only populations count as independent; with one, only if nothing passes
    between agents.
    Raises ScenarioError, SimulationError or GraphError, one line each.

    >>> village = basin.load("critical-mass").with_({"population.agents": 12, "outcome.horizon": 40})
    >>> found = basin.population(village, count=3)
    >>> dict(found.sizes)
    {'population': 3, 'node': 12, 'episode': 41, 'outcome': 6, 'link': 96}
    >>> round(found.attrs["aligned"], 2)
    0.53
    """
    found = crowded(subject(asked, threads=threads))
    scenario = found.scenario
    each = list(
        populations(
            scenario, count, seed, starts=starts, moments=moments, watch=1, threads=threads, progress=progress, cancel=cancel
        )
    )
    first = each[0]
    ends = [whole(one, scenario.population.quorum) for one in each]
    dims, path = ("population", "node"), ("population", "episode")
    label = np.stack([np.where(one.agents, one.columns["label"], UNDECIDED) for one in each]).astype(np.int8)
    role = np.stack([one.role for one in each])
    counts = np.stack([one.count for one in each])
    variables: dict[str, datasets.Described] = {
        "label": (dims, label, "1", "how the agent ended, as in runs; people are −1"),
        "role": (dims, role, "1", f"what it was at first: {', '.join(f'{k} {name}' for k, name in enumerate(ROLES))}"),
        **{name: (dims, np.stack([one.columns[name] for one in each]), *about) for name, about in COLUMNS.items()},
        "approval": (dims, np.stack([one.approval for one in each]), "share", "of recent episodes to which nobody objected"),
        "seen_by_overseers": (dims, np.stack([one.policed[:, 0] for one in each]), "acts", "unasked acts that overseers saw"),
        "seen_by_peers": (dims, np.stack([one.policed[:, 1] for one in each]), "acts", "unasked acts that aligned peers saw"),
        "replaced": (dims, np.stack([one.life for one in each]), "times", "how often a fresh agent took this place"),
        "count": ((*path, "outcome"), counts[:, :, CODES + 1], "agents", "agents by how they would have been judged then"),
        **{
            f"mean_{name}": (path, np.stack([one.mean[:, at] for one in each]), units, f"mean {name} of the agents")
            for at, (name, units) in enumerate(zip(SEEN, ("share", "share", "utility"), strict=True))
        },
        "whole": (("population",), np.array([end for end, _ in ends], np.int8), "1", "how the population ended, as in runs"),
        "whole_time": (("population",), np.array([time for _, time in ends]), "episodes", "since when it has been so"),
    }
    coordinates = {
        "episode": (("episode",), first.moments, "episodes", "episodes since the start"),
        "outcome": (("outcome",), np.array(list(OUTCOMES)), "name", "how an agent ends"),
    }
    together = coupled(found)
    variables |= _ends("end", "agents", [share_ending(label, role, code, together) for code in CODES])
    variables |= _ends("whole_end", "populations", [fraction(variables["whole"][1] == code) for code in CODES])
    if first.status.shape[1]:
        variables["status"] = (("episode", "node"), first.status, "1", "how agents of the first population were judged then")
    variables |= _links(first.graph)
    if first.graph.names:
        coordinates["node"] = (("node",), np.array(first.graph.names), "name", "node of the graph's file")
    call = f"count={count}{', starts=starts' * bool(starts)}{f', moments={moments}' * (moments != MOMENTS)}, seed={seed}"
    return datasets.measured(
        "population",
        variables,
        coordinates,
        found.attributes(seed, count, f"basin.population(scenario, {call})")
        | {"title": found.title, "agents": int(first.agents.sum()), "people": int((role[0] == ROLES.index("human")).sum())}
        | {"graph": scenario.population.graph, **_graph(first.graph), "quorum": scenario.population.quorum}
        | {"coupled": int(together), **_pooled(label, role, "aligned", together)},
    )


def crowded(found: Any) -> ScenarioSubject:
    """A scenario with agents to speak of. Raises ScenarioError for anything else."""
    if not isinstance(found, ScenarioSubject):
        raise ScenarioError(f"{found.name}: is a system; give a scenario")
    if found.scenario.population.agents < 2:
        raise ScenarioError("population.agents = 1: many agents are asked about; set it to 2 or more")
    return found


def check_several(count: int) -> None:
    """A number of populations from which an interval can be had. Raises SimulationError or ScenarioError for another."""
    check_count("count", count)
    if count < 2:
        raise ScenarioError(f"count = {count}: must be at least 2, since only populations are independent")


def mean_change(shares: NDArray[np.float64], others: NDArray[np.float64]) -> Mean:
    """The mean change of a share, population by population; exactly none if it and another number of the same agents change
    nowhere at all, since nothing then reaches any agent."""
    return mean_difference(shares) if shares.any() or others.any() else Mean(0.0, 0.0, 0.0)


def coupled(found: ScenarioSubject) -> bool:
    """Whether anything passes between agents, so that agents of one population do not end independently."""
    about = found.scenario.population
    return bool(about.testimony or about.imitation or about.peer_audit or about.generation_every or about.humans)


def share_ending(label: NDArray[np.int8], role: NDArray[np.int8], code: int, together: bool) -> dict[str, float]:
    """The share of agents with an ending, in (populations, nodes), with its interval."""
    agent = role != ROLES.index("human")
    hit = ((label == code) & agent).sum(axis=1)
    total = agent.sum(axis=1)
    share = float(hit.sum() / total.sum())
    low, high = clustered((hit / total)[:, None]) if together else wilson(hit.sum(), total.sum())
    return {"count": int(hit.sum()), "fraction": share, "low": float(low), "high": float(high)}


def _ends(name: str, whose: str, parts: list[dict[str, float]]) -> dict[str, datasets.Described]:
    ends = {"": f"{whose} that ended so", "_low": "lower end of its 95% interval", "_high": "upper end of its 95% interval"}
    return {
        f"{name}{end}": (("outcome",), [part[end.strip("_") or "fraction"] for part in parts], "share", words)
        for end, words in ends.items()
    }


def _pooled(label: NDArray[np.int8], role: NDArray[np.int8], name: str, together: bool) -> dict[str, float]:
    end = share_ending(label, role, OUTCOMES[name], together)
    return {name: end["fraction"], f"{name}_low": end["low"], f"{name}_high": end["high"]}


def _graph(graph: graphs.Graph) -> dict[str, float]:
    degrees = graph.degrees()
    return {"mean_degree": float(degrees.mean()), "largest_degree": int(degrees.max()), "links": int(degrees.sum())}


def _links(graph: graphs.Graph) -> dict[str, datasets.Described]:
    if graph.degrees().sum() > MOST_LINKS:
        return {}
    links = graph.links()
    return {
        "link_from": (("link",), links[:, 0], "1", "who listens"),
        "link_to": (("link",), links[:, 1], "1", "to whom"),
    }
