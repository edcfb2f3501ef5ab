"""Do agents who listen to each other lock in their own errors?"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from basin import datasets, graphs
from basin.analysis.intervals import mean, mean_share
from basin.labels import ALIGNED
from basin.questions.population import POPULATIONS, check_several, crowded
from basin.questions.subject import Progress, SubjectLike, subject
from basin.scenario import ScenarioError
from basin.simulate import populations

if TYPE_CHECKING:
    import xarray as xr

MOST_NODES = 100_000  # of a graph whose spectral radius is asked for
RATES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)


def echo(
    asked: SubjectLike,
    rates: Sequence[float] = RATES,
    *,
    count: int = POPULATIONS,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> xr.Dataset:
    """How wrong agents are, and how wrong they think they are, the more they hear from one another.

    rates: of `population.testimony`, 0 among them as the comparison. A statement of a neighbour is taken for evidence, though
    it says again what the neighbour was told: agents grow surer than they should. Where r is the root mean square error of a
    belief over the error that it allows for itself, √E‖m − θ‖²/√E tr V, r = 1 is right and the more the worse. In a well-mixed
    population of equal learners testimony works as evidence that leans toward what they believe (`theory.echo_error`).

    Returns a Dataset. Dims (rate): `error`, `unsure` (utility), `ratio` and `aligned`, means over populations with `_low` and
    `_high`, Student's 95% intervals; `common`, the part of the squared error that all agents of a population share. Attribute
    `critical_trust`: agents who pooled whole beliefs instead, each link trusted by as much, would lock in above it.
    Raises ScenarioError, SimulationError or GraphError, one line each.

    >>> found = basin.echo("echo-chamber", (0.0, 0.4), count=3)
    >>> found["ratio"].values.round(1)
    array([0.9, 5.7])
    """
    found = crowded(subject(asked, threads=threads))
    check_several(count)
    if not len(rates):
        raise ScenarioError("rates: give one or more rates of testimony")
    names = ("error", "unsure", "ratio", "aligned", "common")
    values = np.empty((len(names), len(rates), count))
    for at, rate in enumerate(rates):
        scenario = found.scenario.with_({"population.testimony": float(rate)})
        # one way to live among the same people even where nobody speaks: a generation that never comes
        if rate == 0 and not scenario.population.generation_every:
            scenario = scenario.with_({"population.generation_every": 1_000_000})
        part = None if progress is None else lambda done, total, at=at: progress(at * total + done, len(rates) * total)
        for run, one in enumerate(
            populations(scenario, count, seed, moments=1, threads=threads, progress=part, cancel=cancel)
        ):
            off = one.belief[one.agents] - one.target
            square, allowed = float((off**2).sum(axis=1).mean()), float((one.unsure[one.agents] ** 2).mean())
            aligned = float((one.columns["label"][one.agents] == ALIGNED).mean())
            shared = float((off.mean(axis=0) ** 2).sum()) / square if square > 0 else 0.0
            ratio = np.sqrt(square / allowed) if allowed > 0 else np.inf
            values[:, at, run] = np.sqrt(square), np.sqrt(allowed), ratio, aligned, shared
    dims = ("rate",)
    variables: dict[str, datasets.Described] = {}
    words = {
        "error": ("utility", "root mean square error of what agents believe"),
        "unsure": ("utility", "the error that they allow for themselves"),
        "ratio": ("1", "the one over the other: 1 is right, more is too sure"),
        "aligned": ("share", "agents that end aligned"),
        "common": ("share", "part of the squared error that a population's agents have in common"),
    }
    for name, rows in zip(names, values, strict=True):
        interval = mean_share if name in ("aligned", "common") else mean
        each, (units, about) = [interval(row) for row in rows], words[name]
        variables |= {
            name: (dims, [one.mean for one in each], units, about),
            f"{name}_low": (dims, [one.low for one in each], units, "lower end of its 95% interval"),
            f"{name}_high": (dims, [one.high for one in each], units, "upper end of its 95% interval"),
        }
    call = f"basin.echo(scenario, rates={[float(rate) for rate in rates]}, count={count}, seed={seed})"
    return datasets.measured(
        "echo",
        variables,
        {"rate": (dims, np.asarray(rates, float), "probability per episode", "how often an agent hears a neighbour")},
        found.attributes(seed, count, call)
        | {"title": found.title, "populations": count, "critical_trust": critical_trust(one.graph)},
    )


def critical_trust(graph: graphs.Graph) -> float:
    """1/ρ, ρ the spectral radius of who listens to whom; NaN where it cannot be found.

    From this trust in every link on, agents who count each other's beliefs as evidence lock in early errors (Qiu, He, Chugh &
    Kleiman-Weiner 2025).
    """
    if graph.complete:
        return 1.0 / (graph.nodes - 1)
    if graph.nodes > MOST_NODES:
        return np.nan
    try:
        return 1.0 / graphs.spectral_radius(graph.matrix().multiply(graph.degrees()[:, None]))
    except (graphs.GraphError, ZeroDivisionError):
        return np.nan
