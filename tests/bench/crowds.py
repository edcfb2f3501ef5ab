"""How fast and in how much memory populations run: `python -m tests.bench.crowds [--quick] [--million]`.

- An agent-episode of a large population on a sparse graph, whose agents hear each other, against one of lone agents who hear
  people as often; both in one run, by turns, on one thread.
- 1,000 populations of 1,000 agents side by side on all threads, and the same on one.
- A million agents with 16 value features: time, and the most memory the process ever had. Only with --million.

Times are the process's, threads' included, so that none can hide work; wall time where threads are what is measured. Next to
peers: `tests.bench.peers`.
"""

from __future__ import annotations

import resource
import statistics
import sys
from dataclasses import dataclass

from basin.scenario import Scenario, load
from basin.simulate import populations, simulate
from basin.simulate.execute import threads_by_default
from tests.bench.contest import spent, waited

SCENARIO = "near-aligned-llm"
SPARSE = {"population.graph": "watts-strogatz", "population.degree": 8}
HEARING = {"population.testimony": 0.1}
HEARING_PEOPLE = {"evidence.statements": 0.1}  # what a lone agent hears instead
REPEATS = 3


@dataclass(frozen=True)
class Size:
    agents: int
    episodes: int
    populations: int


FULL, QUICK = Size(100_000, 1000, 1000), Size(2000, 30, 4)


def drained(scenario: Scenario, count: int, threads: int | None = None) -> None:
    """Run populations and keep nothing of them."""
    for _ in populations(scenario, count, 1, moments=10, threads=threads):
        pass


def agent_episode(size: Size, repeats: int = REPEATS) -> tuple[float, float, float]:
    """Nanoseconds of an agent-episode, lone and in a population, and their ratio: medians of runs by turns."""
    lone = load(SCENARIO).with_(HEARING_PEOPLE | {"outcome.horizon": size.episodes})
    many = load(SCENARIO).with_(HEARING | SPARSE | {"population.agents": size.agents, "outcome.horizon": size.episodes})
    alone = max(2048, size.agents // 5)
    simulate(lone.with_({"outcome.horizon": 2}), 64, 1)
    drained(many.with_({"population.agents": 64, "outcome.horizon": 2}), 1)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        times[0].append(spent(lambda: simulate(lone, alone, 1, threads=1)) / (alone * size.episodes))
        times[1].append(spent(lambda: drained(many, 1, 1)) / (size.agents * size.episodes))
    ratio = statistics.median(b / a for a, b in zip(*times, strict=True))
    return 1e9 * statistics.median(times[0]), 1e9 * statistics.median(times[1]), ratio


def side_by_side(size: Size) -> tuple[float, float]:
    """Seconds of many populations of 1,000 agents, a tenth of the episodes long, on one thread and on all."""
    episodes = max(2, size.episodes // 10)
    each = load(SCENARIO).with_(HEARING | SPARSE | {"population.agents": 1000, "outcome.horizon": episodes})
    part = max(4, size.populations // 20)  # one thread is timed on a part
    one = waited(lambda: drained(each, part, 1)) * size.populations / part
    return one, waited(lambda: drained(each, size.populations))


def million(episodes: int = 20) -> tuple[float, float]:
    """Seconds of a million agents in 16 value features, and the most memory there ever was, GiB."""
    crowd = load(SCENARIO).with_(
        HEARING | SPARSE | {"values.features": 16, "population.agents": 1_000_000, "outcome.horizon": episodes}
    )
    seconds = waited(lambda: drained(crowd, 1))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(arguments: list[str] | None = None) -> None:
    words = sys.argv[1:] if arguments is None else arguments
    size = QUICK if "--quick" in words else FULL
    lone, many, ratio = agent_episode(size)
    print(f"{size.agents:,} agents, {size.episodes:,} episodes, {SPARSE['population.degree']} neighbours, one thread:")
    print(f"  an agent-episode takes {many:.0f} ns, a lone agent's {lone:.0f} ns; ratio {ratio:.2f} (goal: at most 1.5)")
    one, all_ = side_by_side(size)
    print(f"{size.populations:,} populations of 1,000 agents, {max(2, size.episodes // 10):,} episodes:", end=" ")
    print(f"{all_:.1f} s on {threads_by_default()} threads,", end=" ")
    print(f"{one:.1f} s on one; {one / all_:.2f} times as fast")
    print(f"The most memory so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    if "--million" in words:
        seconds, memory = million()
        print(f"A million agents, 16 value features, 20 episodes: {seconds:.0f} s, {memory:.2f} GiB (goal: at most 8)")


if __name__ == "__main__":
    main()
