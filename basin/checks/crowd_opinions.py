"""What agents of a population come to believe who average, meet, or tell each other what they believe."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.row import Finding, Parameter, Run, exact, mean, row
from basin.checks.self_confirming import PRIOR_ITEMS, START_ERROR, hearer
from basin.checks.still import SHUT, still
from basin.scenario import Scenario
from basin.simulate import Population, populations
from basin.simulate.runs import simulate
from basin.systems import mapper as system_mapper

Numbers = NDArray[np.float64]

AGENTS = Parameter("agents", 30, 3, 2000, "agents", "how many agents", whole=True)
TESTIMONY = Parameter("testimony", 0.3, 0.01, 1, "share", "how far agents move to what they hear in an episode")
WIDTH = 0.05  # radians: unit beliefs on so short an arc are opinions on a line
CAMP = 0.01  # of all agents: smaller groups do not count


def silent(changes: Mapping[str, Any]) -> Scenario:
    """A still world in which agents of a population do nothing but listen."""
    return still(SHUT | {"belief.spread": 0.0, "outcome.dwell": 1} | dict(changes))


def listeners(run: Run, scenario: Scenario, count: int = 1, **options: Any) -> list[Population]:
    return list(populations(scenario, count, run.seed, moments=1, threads=run.threads, **options))


def beginning(run: Run, scenario: Scenario) -> Population:
    """The same population before anybody has spoken: its people are shared even so, with a generation that never comes."""
    changes = {"population.testimony": 0.0, "population.generation_every": 1_000_000, "outcome.horizon": 1}
    return listeners(run, scenario.with_(changes))[0]


def averaging(agents: int, testimony: float) -> dict[str, Any]:
    return {
        "values.features": 3,
        "belief.knowledge": 0.2,
        "population.agents": agents,
        "population.testimony": testimony,
        "population.testimony_rule": "average",
    }


@row(
    "population-lone-agents",
    source="this project's definition of a population: nothing between agents, and they are lone agents",
    parameters=(
        AGENTS,
        Parameter("episodes", 100, 1, 10_000, "episodes", "how long they run", whole=True),
    ),
)
def lone_agents(run: Run, agents: int, episodes: int) -> Finding:
    """The largest difference between any number of any agent's record and that of the lone run with its number: none."""
    scenario = Scenario().with_({"outcome.horizon": episodes})
    alone = simulate(scenario, agents, run.seed, threads=run.threads).columns
    (together,) = listeners(run, scenario.with_({"population.agents": agents}))
    with np.errstate(invalid="ignore"):
        apart = [np.where(alone[name] == column, 0.0, abs(alone[name] - column)) for name, column in together.columns.items()]
    return exact(0.0, float(np.max(apart)), 0.0)


@row(
    "population-degroot",
    source="DeGroot 1974: πᵀx(0), at rate |λ₂|",
    parameters=(AGENTS, TESTIMONY, Parameter("degree", 4, 2, 100, "neighbours", "how many each listens to", whole=True)),
    cases=({}, {"testimony": 1.0, "degree": 6}),
)
def degroot(run: Run, agents: int, testimony: float, degree: int) -> list[Finding]:
    """Agents who average what neighbours believe agree on πᵀm(0), and differences shrink by |λ₂| in an episode."""
    graph = {"population.graph": "watts-strogatz", "population.degree": degree, "population.rewiring": 0.3}
    scenario = silent(averaging(agents, testimony) | graph)
    first = beginning(run, scenario)
    weights = (1 - testimony) * np.eye(agents) + testimony * first.graph.matrix().toarray()
    agreed = np.stack([theory.degroot_consensus(weights, column) for column in first.belief.T])
    rate = float(theory.degroot_rate(weights))
    long = int(np.ceil(np.log(1e-13) / np.log(rate)))
    (last,) = listeners(run, scenario.with_({"outcome.horizon": long}))
    found = [exact(0.0, float(abs(last.belief - agreed).max()), 1e-10, label="distance from the consensus")]
    middle = max(1, long // 2)
    early, late = (listeners(run, scenario.with_({"outcome.horizon": at}))[0].belief - agreed for at in (middle, middle + 1))
    return [*found, exact(rate, float(np.linalg.norm(late) / np.linalg.norm(early)), 1e-3, label="rate")]


@row(
    "population-friedkin-johnsen",
    source="Friedkin & Johnsen 1990: (I − ΛW)⁻¹(I − Λ)x(0)",
    parameters=(
        Parameter("agents", 8, 2, 200, "agents", "how many agents, each with somebody whom only it hears", whole=True),
        Parameter("susceptibility", 0.8, 0.01, 0.99, "1", "λ, what an agent trusts other agents with, of all its trust"),
    ),
)
def friedkin_johnsen(run: Run, agents: int, susceptibility: float) -> Finding:
    """Agents who each also hear somebody who never moves settle where prejudice u_i and neighbours balance."""
    chance = run.chance
    among: nx.DiGraph[str] = nx.DiGraph()
    among.add_nodes_from((f"agent{i}", {"human": False}) for i in range(agents))
    among.add_nodes_from((f"person{i}", {"human": True}) for i in range(agents))
    weights = chance.exponential(size=(agents, agents))
    np.fill_diagonal(weights, 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    for i in range(agents):
        among.add_edge(f"agent{i}", f"person{i}", trust=1 - susceptibility)
        for j in range(agents):
            if i != j:
                among.add_edge(f"agent{i}", f"agent{j}", trust=float(susceptibility * weights[i, j]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "friends.graphml"
        nx.write_graphml(among, path)
        changes = averaging(2 * agents, 1.0) | {"population.graph": str(path), "humans.spread": 0.5}
        long = int(np.ceil(np.log(1e-13) / np.log(susceptibility))) + agents
        (last,) = listeners(run, silent(changes | {"outcome.horizon": long}))
    shown = last.belief[agents:]
    settled = np.stack([theory.stubborn_equilibrium(weights, susceptibility, column) for column in shown.T], axis=1)
    return exact(0.0, float(abs(last.belief[:agents] - settled).max()), 1e-10)


def camps(population: Population, bound: float) -> int:
    """Groups of at least 1% of the agents, farther apart than the bound on the arc."""
    angle = np.sort(np.arctan2(*(population.belief @ _frame(population.target)).T[::-1]))
    ends = np.flatnonzero(np.diff(angle) >= bound) + 1
    sizes = np.diff(np.concatenate([[0], ends, [len(angle)]]))
    return int((sizes >= CAMP * len(angle)).sum())


def _frame(theta: Numbers) -> Numbers:
    return np.stack([theta, [-theta[1], theta[0]]], axis=1)


@row(
    "population-deffuant",
    source="Deffuant, Neau, Amblard & Weisbuch 2000: 1 camp at .4; elsewhere this project's own system of that name",
    parameters=(
        Parameter("agents", 500, 100, 20_000, "agents", "how many agents", whole=True),
        Parameter("bound", 0.2, 0.05, 1.0, "opinion", "how far apart two may be and still meet"),
        Parameter("runs", 30, 10, 10_000, "populations", "how many populations", whole=True),
    ),
    cases=({}, {"bound": 0.4, "runs": 20}),
    long_cases=({"bound": 0.12}, {"agents": 1000, "runs": 200}),
)
def deffuant(run: Run, agents: int, bound: float, runs: int) -> Finding:
    """Into how many camps agents fall who meet in the middle, opinions being angles of unit beliefs on a short arc."""
    chord = 2 * np.sin(bound * WIDTH / 2)
    changes = {
        "values.features": 2, "population.agents": agents, "population.testimony": 1.0, "population.testimony_rule": "meet",
        "population.trust_bound": chord, "outcome.horizon": int(np.ceil(120 / bound)),
    }  # fmt: skip
    scenario, chance = silent(changes), run.chance
    found = []
    for at in range(runs):  # half an arc on either side of what people value
        starts = {"belief.knowledge": np.cos(chance.uniform(0, WIDTH / 2, agents))}
        (last,) = populations(scenario, 1, run.seed + at, starts=starts, moments=1, threads=run.threads)
        found.append(camps(last, bound * WIDTH))
    label = system_mapper("deffuant", [], {"bound": bound, "agents": agents}, 4 * runs)(np.zeros((1, 0)), run.seed).label
    other = mean(1.0 if bound == 0.4 else float(label.mean()), np.array(found, float))
    error = 0.0 if bound == 0.4 else float(label.std(ddof=1) / np.sqrt(label.size))
    together = float(np.hypot(max(other.error or 0.0, 0.25 / runs), error))
    return Finding(other.expected, other.measured, together, detail=f"{runs} populations of {agents}")


@row(
    "population-echo",
    source="this project's closed form: what agents tell each other is evidence that leans toward what they believe",
    parameters=(
        PRIOR_ITEMS,
        START_ERROR,
        Parameter("episodes", 200, 1, 100_000, "episodes", "T"),
        Parameter("agents", 40, 2, 1000, "agents", "how many agents", whole=True),
        Parameter("runs", 100, 10, 10_000, "populations", "how many populations", whole=True),
    ),
)
def echo(run: Run, prior_items: float, start_error: float, episodes: int, agents: int, runs: int) -> Finding:
    """Mean error of agents who hear people and each other once an episode: err₀ ∏ (n₀ + 2s − 1)/(n₀ + 2s)."""
    told = {"population.agents": agents, "population.testimony": 1.0, "population.testimony_noise": 1.0}
    scenario = still(hearer(prior_items, start_error, int(episodes)) | told)
    known = float(theory.echo_error(start_error, prior_items, 1.0, 1.0, int(episodes)))
    errors = [float((one.belief @ one.target).mean() - 1) for one in listeners(run, scenario, runs)]
    return mean(
        known, errors, f"with people alone {float(theory.self_confirming_error(start_error, prior_items, 0, episodes)):.4f}"
    )


ROWS = (lone_agents, degroot, friedkin_johnsen, deffuant, echo)
