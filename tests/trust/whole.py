"""From one end to the other: what the commands say of scenarios, against far more runs of the same."""

from functools import cache

import basin
from basin.api import summary
from basin.simulate import simulate
from tests.trust.cases import interval, within

FAR = 1_000_000  # a seed that no repeat has


def short(changes=None):
    """A hundred episodes of agents of whom one in ten ends aligned, most are captured, and a third is still undecided."""
    start = {"motives.care": 0.3, "motives.self_interest.overlap": 0.0}
    return basin.load("near-aligned-llm").with_({"outcome.horizon": 100, "outcome.dwell": 5, **start, **(changes or {})})


@cache
def runs(repeats):
    """What `basin run` says of 100 runs, again and again, and of very many."""
    told = [summary(simulate(short(), 100, seed, threads=1), False) for seed in range(repeats)]
    return told, summary(simulate(short(), 100_000, FAR, threads=1), False)


@interval(
    "run", "api.summary", ("aligned", "outcomes", "aligned"), ("captured", "outcomes", "captured"), ("behaves", "behaves")
)
def shares_of_runs(repeats, *where):
    def at(told):
        for part in where:
            told = told[part]
        return told

    told, truth = runs(repeats)
    return within([(at(one)["low"], at(one)["high"]) for one in told], at(truth)["fraction"])


@interval("run, means", "api.summary", ("harm", "harm"), ("welfare", "welfare"), ("asked", "asked"), ("time", "time"))
def means_of_runs(repeats, name):
    told, truth = runs(repeats)
    return within([(one[name]["low"], one[name]["high"]) for one in told], truth[name]["mean"])


@interval(
    "stability of a scenario", "questions.stability.stability", ("200 random starts", "random"), ("256 Sobol' starts", "sobol")
)
def stability(repeats, method):
    samples = 200 if method == "random" else 256
    truth = basin.stability(short(), samples=100_000, method="random", seed=FAR).sel(outcome="aligned")
    told = [
        basin.stability(short(), samples=samples, method=method, seed=seed, threads=1).sel(outcome="aligned")
        for seed in range(repeats)
    ]
    return within([(float(one["low"]), float(one["high"])) for one in told], float(truth["share"]))


@interval("population", "questions.population.population", ("20 of 6 agents who talk",))
def population(repeats):
    crowd = short({"population.agents": 6, "population.testimony": 0.3, "population.imitation": 0.05})
    truth = basin.population(crowd, count=5000, seed=FAR, threads=1).attrs["aligned"]
    told = [basin.population(crowd, count=20, seed=seed, threads=1).attrs for seed in range(repeats)]
    return within([(one["aligned_low"], one["aligned_high"]) for one in told], truth)
