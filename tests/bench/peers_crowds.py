"""Populations, next to NDlib, Mesa and EGTtools.

- Meetings in the middle (Deffuant's model) among 1,000, bound 0.2: ours until the camps are certain, by the system `deffuant`;
  NDlib and Mesa for so many sweeps; all as time of as many meetings. And whole agents of ours, who meet besides all else.
- Whether one mutant takes over a population: EGTtools simulates pairwise comparison by Fermi's rule, ours is Moran's process
  with the same ratio r of the chances to go up and down, so that both make the same changes as often; EGTtools idles about
  twice as many steps between them. And whole agents of ours, who imitate by Fermi's rule besides all else.
- The same chance without simulating, in a coordination game among many, where the ratio differs from state to state.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from basin import theory
from basin.checks.crowd_selection import aligned, camps
from basin.scenario import load
from basin.simulate import populations
from basin.systems import mapper as system_mapper
from tests.bench.contest import Contest, Entry, by_turns, named, ours

PEOPLE, BOUND = 1000, 0.2
CAMP = 0.01  # of all people: smaller groups do not count
MUTANTS_AMONG, FITNESS = 50, 1.1
PART = 20  # of the populations, one in so many is what EGTtools is timed on
COORDINATION, TEMPERATURE = np.array([[1.0, 0.0], [0.5, 0.6]]), 5.0
CALLS = 20  # of what takes milliseconds

Numbers = NDArray[np.float64]


def contests(sweeps: int, populations: int, agents: int, repeats: int) -> list[Contest]:
    return [meetings(sweeps, repeats), takeovers(populations, repeats), exactly(agents, repeats)]


# ---- Meetings ------------------------------------------------------------------------------------------------------


def meetings(sweeps: int, repeats: int) -> Contest:
    """A sweep is as many meetings as there are people; times are of `sweeps` of them."""
    own = [deffuant_entry(sweeps), agents_entry(sweeps)]
    peers = (("ndlib", lambda: ndlib_entry(sweeps)), ("mesa", lambda: mesa_entry(sweeps)))
    return by_turns(f"opinions meeting in the middle, {PEOPLE:,} people, {sweeps * PEOPLE:,} meetings", own, peers, repeats)


def camps_of(opinions: Numbers) -> int:
    """Groups of a hundredth or more whose neighbours are nearer to each other than the bound."""
    ordered = np.sort(opinions)
    groups = np.split(ordered, np.flatnonzero(np.diff(ordered) >= BOUND) + 1)
    return sum(len(group) >= CAMP * len(ordered) for group in groups)


def deffuant_entry(sweeps: int) -> Entry:
    """The system: opinions and nothing else, to the certainty of the camps."""
    run = system_mapper("deffuant", [], {"bound": BOUND, "agents": PEOPLE}, 50)
    points = np.zeros((1, 0))
    label = run(points, 2)
    found = f"{label.label.mean():.3g} camps, mean of {label.label.size}"
    return Entry(ours(), "until camps are certain", found, lambda: run(points, 2), sweeps / float(label.time.sum()))


def agents_entry(sweeps: int) -> Entry:
    """Agents who plan, act and learn as ever, in two value features, and meet besides: half as many meetings an episode."""
    episodes = 2 * sweeps
    crowd = load("near-aligned-llm").with_(
        {
            "values.features": 2, "population.agents": PEOPLE, "population.testimony": 1.0, "population.trust_bound": BOUND,
            "population.testimony_rule": "meet", "outcome.horizon": episodes,
        }
    )  # fmt: skip
    next(iter(populations(crowd.with_({"outcome.horizon": 2}), 1, 1, moments=1, threads=1)))
    return Entry(ours(), "whole agents, who plan and act too", "two features, other camps",
                 lambda: list(populations(crowd, 1, 1, moments=1, threads=1)))  # fmt: skip


def ndlib_entry(sweeps: int) -> Entry:
    """NDlib's Deffuant model (its model of algorithmic bias without bias) on a complete graph."""
    import networkx as nx
    from ndlib.models import ModelConfig
    from ndlib.models.opinions import AlgorithmicBiasModel

    model = AlgorithmicBiasModel(nx.complete_graph(PEOPLE), seed=1)
    config = ModelConfig.Configuration()
    config.add_model_parameter("epsilon", BOUND)
    config.add_model_parameter("gamma", 0.0)
    model.set_initial_status(config)
    model.iteration()  # the first one only reports

    def run() -> None:
        for _ in range(sweeps):
            model.iteration(node_status=False)

    run()
    return Entry(named("ndlib"), "AlgorithmicBiasModel, gamma 0", camps_after(sweeps, list(model.status.values())), run)


def mesa_entry(sweeps: int) -> Entry:
    """The same as a model of Mesa's, written the way its tutorial does."""
    import mesa

    class Person(mesa.Agent):
        def __init__(self, model: mesa.Model) -> None:
            super().__init__(model)
            self.opinion = self.random.random()

        def meet(self) -> None:
            other = self.random.choice(self.model.people)
            if other is not self and abs(self.opinion - other.opinion) < BOUND:
                self.opinion = other.opinion = (self.opinion + other.opinion) / 2

    class Deffuant(mesa.Model):
        def __init__(self) -> None:
            super().__init__(seed=1)
            self.people = list(Person.create_agents(self, PEOPLE))

        def step(self) -> None:
            self.agents.shuffle_do("meet")

    model = Deffuant()

    def run() -> None:
        for _ in range(sweeps):
            model.step()

    run()
    return Entry(named("mesa"), "agents of its own", camps_after(sweeps, [one.opinion for one in model.people]), run)


def camps_after(sweeps: int, opinions: list[float]) -> str:
    return f"{camps_of(np.array(opinions))} camps after {sweeps} sweeps"


# ---- Takeovers -----------------------------------------------------------------------------------------------------


def takeovers(populations: int, repeats: int) -> Contest:
    """The chance (1 − 1/r)/(1 − 1/r^N), from so many populations."""
    own = [moran_entry(populations), imitation_entry(populations)]
    peers = [("egttools", lambda: egttools_entry(populations))]
    work = f"does a mutant take over {MUTANTS_AMONG}, at odds of {FITNESS:g} a change; {populations:,} populations"
    return by_turns(work, own, peers, repeats)


def beside(share: float, count: int) -> str:
    """A share of so many populations beside the exact chance."""
    known = float(theory.fixation_probability(1, MUTANTS_AMONG, FITNESS))
    return f"{share:.4f}; exactly {known:.4f} (z = {(share - known) / np.sqrt(known * (1 - known) / count):+.1f})"


def moran_entry(count: int) -> Entry:
    run = system_mapper("moran", [], {"agents": MUTANTS_AMONG, "fitness": FITNESS, "start": 1}, count)
    points = np.zeros((1, 0))
    share = float((run(points, 1).label == 0).mean())
    return Entry(ours(), "Moran's process", beside(share, count), lambda: run(points, 1))


def imitation_entry(count: int) -> Entry:
    """Agents of whom the aligned are always approved and rivals never, so that payoffs differ by 1."""
    scenario = camps(
        {
            "oversight.audit": 1.0, "population.agents": MUTANTS_AMONG, "population.aligned": 1 / MUTANTS_AMONG,
            "population.imitation": 1.0, "population.imitation_temperature": 1 / np.log(FITNESS),
            "outcome.horizon": 20 * MUTANTS_AMONG,
        }
    )  # fmt: skip
    part = max(2, count // (4 * PART))
    shares = [aligned(one)[-1] for one in populations(scenario, part, 1, moments=1, threads=1)]
    found = beside(float(np.mean(np.array(shares) == 1)), part)
    return Entry(ours(), f"whole agents, timed on {part} populations", found,
                 lambda: list(populations(scenario, part, 1, moments=1, threads=1)), count / part)  # fmt: skip


def egttools_entry(count: int) -> Entry:
    import egttools
    from egttools.games import Matrix2PlayerGameHolder
    from egttools.numerical import PairwiseComparisonNumerical

    egttools.Random.seed(1)
    game = Matrix2PlayerGameHolder(2, np.array([[0.0, 0.0], [1.0, 1.0]]))
    process = PairwiseComparisonNumerical(MUTANTS_AMONG, game, 1000)
    part = max(2, count // PART)

    def run(game: object = game) -> float:  # of which the process keeps no reference
        return process.estimate_fixation_probability(1, 0, part, 10**8, float(np.log(FITNESS)))

    how = f"PairwiseComparisonNumerical, timed on {part} populations"
    return Entry(named("egttools"), how, beside(run(), part), run, count / part)


def exactly(agents: int, repeats: int) -> Contest:
    """Fermi's rule in a coordination game, by formula."""
    j = np.arange(1, agents)
    (a, b), (c, d) = COORDINATION
    differences = ((j - 1) * a + (agents - j) * b - j * c - (agents - j - 1) * d) / (agents - 1)

    def own() -> float:
        return float(theory.pairwise_fixation(differences, TEMPERATURE))

    known = own()
    peers = [("egttools", lambda: exact_entry(agents, known))]
    entry = Entry(ours(), "theory.pairwise_fixation", f"{known:.6g}", again(own), 1 / CALLS)
    return by_turns(f"the exact chance of a takeover in a coordination game of {agents:,}", [entry], peers, repeats)


def exact_entry(agents: int, known: float) -> Entry:
    from egttools.analytical import PairwiseComparison
    from egttools.games import Matrix2PlayerGameHolder

    game = Matrix2PlayerGameHolder(2, COORDINATION)

    def run() -> float:
        process = PairwiseComparison(agents, game)
        return process.calculate_fixation_probability(0, 1, 1 / TEMPERATURE)

    off = abs(run() / known - 1)
    return Entry(named("egttools"), "PairwiseComparison", f"differs by {off:.1g} of it", again(run), 1 / CALLS)


def again(compute: Callable[[], float]) -> Callable[[], list[float]]:
    return lambda: [compute() for _ in range(CALLS)]
