"""Populations of agents on a graph: how each agent ended, and how many were aligned on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basin import graphs
from basin.engine.compile import LANES
from basin.engine.crowd import DIFFERS, Crowd
from basin.engine.layout import RECORD, Batch, Block, new_batch, new_block
from basin.engine.watch import SEEN, Seen
from basin.scenario import Scenario
from basin.simulate.crowds import Crew, Member, assemble, passes_beliefs
from basin.simulate.errors import Cancelled, SimulationError
from basin.simulate.execute import Progress, threads_by_default
from basin.simulate.mixing import Mix, mixed
from basin.simulate.runs import check_count, check_seed

Numbers = NDArray[np.float64]

MOMENTS = 200  # episodes of a population that are looked at, where nothing else is asked for
CROWD = 1024  # nodes: small populations are simulated side by side in crowds of about so many
WORTH_A_THREAD = 128  # blocks: a crowd of several times as many is worth as many threads
SLICE = 200_000  # agent-episodes between looks at the cancel flag
MOST_NODES = 2**40  # of all populations of one call: random-number indices


@dataclass(frozen=True)
class Population:
    """One population. Outcomes are those of `basin.labels`; people have none, and their columns are NaN.

    columns: (nodes,) each, by the names of `basin.engine.layout.RECORD`; `label` among them. role: (nodes,) what each was at
    first, by `basin.engine.crowd.ROLES`. approval: (nodes,) share of recent episodes to which nobody objected. policed:
    (nodes, 2) how often overseers and peers saw it act unasked. life: (nodes,) how often a fresh agent took its place.
    moments: (moments,) episodes that were looked at. count: (moments, 6) agents by how they would have been judged then, the
    undecided first. mean: (moments, 3) over agents, by `basin.engine.watch.SEEN`. status: (moments, nodes) of each, where it
    was asked for; otherwise (moments, 0). belief: (nodes, d) in the end; people's is what they show, NaN where nobody hears.
    unsure: (nodes,) √tr V then, the s.d. of a random plan's utility by its own lights. target: (d,) θ in the end, of the first
    agent's people. Records are written at the horizon; what passes between agents after that episode, or a generation that is
    due then, shows in beliefs and counts.
    """

    cell: int
    number: int
    columns: dict[str, Numbers]
    role: NDArray[np.int8]
    approval: Numbers
    policed: Numbers
    life: NDArray[np.int64]
    moments: NDArray[np.int64]
    count: NDArray[np.int64]
    mean: Numbers
    status: NDArray[np.int8]
    belief: Numbers
    unsure: Numbers
    target: Numbers
    graph: graphs.Graph

    @property
    def agents(self) -> NDArray[np.bool_]:
        """(nodes,) those that are not people."""
        return ~np.isnan(self.columns["label"])


def populations(
    scenario: Scenario,
    count: int = 1,
    seed: int = 0,
    *,
    varied: Mapping[str, ArrayLike] | None = None,
    starts: Mapping[str, Any] | None = None,
    moments: int = MOMENTS,
    watch: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    alike: int = 0,
) -> Iterator[Population]:
    """Simulate `count` populations of every cell to the horizon, and yield them in the order of their numbers.

    varied: numeric paths that take one value per cell, (cells,) each. Population r of cell c is number c·count + r of the
    seed, and its agents are runs number·nodes + 0, 1, ...: with nothing between them the very runs of lone agents. starts:
    numeric paths in which the agents of one population differ, (agents,) numbers each, or a distribution with a quantile
    function `ppf`, spread evenly over it, each dealt out by a lot of its own. moments: how many episodes to look at, at most.
    watch: keep the status of every node at those moments in the first so many populations of every cell. progress: called
    with agent-episodes done and in all. alike: cells come in groups of so many, and cell c takes the chances of cell
    c mod alike, so that groups differ by what is changed and not by chance. The same bits whatever the threads.
    Raises SimulationError, ScenarioError or GraphError in one line for what cannot be run, Cancelled once `cancel` is set.
    """
    check_count("populations", count)
    check_seed(seed)
    if isinstance(moments, bool) or not isinstance(moments, int | np.integer) or not 1 <= moments <= 100_000:
        raise SimulationError(f"moments = {moments}: must be a whole number from 1 to 100000")
    columns = _on_their_grids(scenario, varied or {})
    cells = len(next(iter(columns.values()))) if columns else 1

    plain = cache(scenario.get)  # looked up for every population

    def value(path: str, cell: int) -> float:
        return float(columns[path][cell]) if path in columns else plain(path)

    laid = _laid_out(scenario, starts, columns, scenario.population.agents, seed)
    shared = passes_beliefs(lambda path: columns.get(path, scenario.get(path)))
    mixes = mixed(scenario, laid or columns, shared, alike)
    widest = int(max(columns.get("population.agents", [scenario.population.agents]), default=1))
    if cells * count * widest > MOST_NODES:
        raise SimulationError(f"populations = {count}: at most {MOST_NODES} agents in all")
    jobs: list[_Job] = []
    rows = [(int(cell), row, mix) for mix in mixes for row, cell in enumerate([0] if laid else mix.cells)]
    for cell, row, mix in sorted(rows, key=lambda one: one[0]):
        for run in range(count):
            _assign(jobs, mix, Member(cell, row, (cell % alike if alike else cell) * count + run), value)
    each: dict[str, Any] = {
        "scenario": scenario,
        "value": value,
        "widest": widest,
        "shared": shared,
        "seed": seed,
        "starts": starts,
    }
    crews = (assemble(mix=job.mix, members=job.members, **each) for job in jobs)
    yield from _run(crews, jobs, seed, moments, watch, count, threads or threads_by_default(), progress, cancel)


def _on_their_grids(scenario: Scenario, varied: Mapping[str, ArrayLike]) -> dict[str, Numbers]:
    """Columns by their full paths; numbers that must be whole are rounded, as in tables of lone agents."""
    columns = {}
    for path, values in varied.items():
        entry, column = scenario.numeric_path(path), np.asarray(values, float).reshape(-1)
        columns[entry.path] = np.rint(column) if entry.kind == "int" else column
    return columns


@dataclass
class _Job:
    """Populations that are simulated side by side."""

    mix: Mix
    horizon: int
    nodes: int
    members: list[Member]


def _assign(jobs: list[_Job], mix: Mix, member: Member, value: Callable[[str, int], float]) -> None:
    """Put a population with the last ones, where they fit together and are few."""
    nodes, horizon = int(value("population.agents", member.cell)), int(value("outcome.horizon", member.cell))
    if jobs and jobs[-1].mix is mix and jobs[-1].horizon == horizon and jobs[-1].nodes + nodes <= CROWD:
        jobs[-1].nodes += nodes
        jobs[-1].members.append(member)
    else:
        jobs.append(_Job(mix, horizon, nodes, [member]))


def _laid_out(
    scenario: Scenario, starts: Mapping[str, Any] | None, columns: Mapping[str, Numbers], agents: int, seed: int
) -> dict[str, Numbers]:
    """The paths in which agents differ, with a number for each of them; those of laws in an order of their own.

    Of several laws, and beside given numbers, the order of one must not tell that of another.
    """
    if not starts:
        return {}
    if columns:
        raise SimulationError("starts: agents differ one by one, so that cells cannot differ too")
    laid = {}
    for at, (path, law) in enumerate(starts.items()):
        name = scenario.numeric_path(path).path
        if name.startswith(("population.", "values.", "outcome.")):
            raise SimulationError(f"starts: {name} is the population's; agents cannot differ in it")
        if hasattr(law, "ppf"):
            order = np.arange(agents)  # of laws alone each population deals the rows anew
            if at > 0 or not all(hasattr(other, "ppf") for other in starts.values()):
                order = np.random.default_rng((seed, 0x57, at)).permutation(agents)
            numbers = law.ppf((order + 0.5) / agents)
        else:
            numbers = np.asarray(law, float).reshape(-1)
        if len(numbers) != agents:
            raise SimulationError(f"starts: {name} has {len(numbers)} numbers; there are {agents} agents")
        laid[name] = np.asarray(numbers, float)
    return laid


# ---- Running -------------------------------------------------------------------------------------------------------


def _run(
    crews: Iterable[Crew], jobs: Sequence[_Job], seed: int, moments: int, watch: int, count: int, threads: int,
    progress: Progress | None, cancel: threading.Event | None,
) -> Iterator[Population]:  # fmt: skip
    """Crowds on threads; or, where there are fewer crowds than threads, one after the other, its blocks on threads."""
    stop = threading.Event()
    clock = _Clock(
        sum(job.nodes * job.horizon for job in jobs), progress, lambda: stop.is_set() or (cancel and cancel.is_set())
    )
    side_by_side = len(jobs) >= threads
    pool = ThreadPoolExecutor(threads, thread_name_prefix="basin")
    try:
        if not side_by_side:
            for crew, job in zip(crews, jobs, strict=True):
                crowd_run = _CrowdRun(crew, job, seed, moments, watch, count)
                parts = max(1, min(threads, len(crew.crowd.set_of) // WORTH_A_THREAD))
                work = pool.submit(crowd_run.run, clock, pool if parts > 1 else None, parts)
                clock.awaited(work)
                yield from crowd_run.collected()
            return
        waiting: list[tuple[_CrowdRun, Future[None]]] = []
        for crew, job in zip(crews, jobs, strict=True):
            crowd_run = _CrowdRun(crew, job, seed, moments, watch, count)
            waiting.append((crowd_run, pool.submit(crowd_run.run, clock, None, 1)))
            if len(waiting) > 2 * threads:  # finished crowds wait for their turn in memory
                first, work = waiting.pop(0)
                clock.awaited(work)
                yield from first.collected()
        for first, work in waiting:
            clock.awaited(work)
            yield from first.collected()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


class _Clock:
    """Progress over all crowds, and whether to stop."""

    def __init__(self, total: int, progress: Progress | None, stopped: Callable[[], Any]) -> None:
        self.total, self.progress, self.stopped = total, progress, stopped
        self.done, self.lock = 0, threading.Lock()

    def tick(self, episodes: int) -> None:
        if self.stopped():
            raise Cancelled
        with self.lock:
            self.done += episodes

    def awaited(self, work: Future[None]) -> None:
        while not work.done():
            wait([work], timeout=0.1)
            if self.progress is not None:
                self.progress(self.done, self.total)
        work.result()


class _CrowdRun:
    """One crowd, from its start to its horizon."""

    def __init__(self, crew: Crew, job: _Job, seed: int, moments: int, watch: int, count: int) -> None:
        self.crew, self.mix, self.horizon = crew, job.mix, job.horizon
        nodes, members = len(crew.crowd.lane), len(crew.members)
        every = max(1, -(-job.horizon // moments))
        self.when = np.unique(np.append(np.arange(0, job.horizon, every), job.horizon))
        watched = [at for at, member in enumerate(crew.members) if member.number % count < watch]
        seen = crew.ties.populations[watched[-1] + 1] if watched else 0  # the nodes up to the last that is to be watched
        self.watched, self.role = watched, crew.crowd.role.copy()
        self.records = np.full((nodes, len(RECORD)), np.nan)
        counts, means = np.zeros((members, len(self.when), 6), np.int64), np.zeros((members, len(self.when), len(SEEN)))
        self.seen = Seen(every, job.horizon, counts, means, np.full((len(self.when), seen), -1, np.int8))
        self.key = np.array([seed & 0xFFFFFFFF, seed >> 32], dtype=np.uint64)

    def run(self, clock: _Clock, pool: ThreadPoolExecutor | None, parts: int) -> None:
        from basin.engine.population import BEGIN, EPISODES  # loads the compiled kernels

        scratch = [(new_block(self.mix.rules, self.mix.kinds), new_batch(self.mix.rules)) for _ in range(parts)]
        crowd, agents = self.crew.crowd, len(self.crew.crowd.agent)
        self._live(crowd, scratch[0], BEGIN)
        if parts > 1 and pool is not None:
            self._on_threads(clock, pool, scratch)
            return
        step = max(1, SLICE // agents)
        for first in range(1, self.horizon + 1, step):
            last = min(self.horizon, first + step - 1)
            self._live(crowd, scratch[0], EPISODES, 0, len(crowd.set_of), first, last)
            clock.tick((last - first + 1) * agents)

    def _on_threads(self, clock: _Clock, pool: ThreadPoolExecutor, scratch: list[tuple[Block, Batch]]) -> None:
        """Every thread has scratch rows of its own, and parameters where blocks share them, since audits are put there."""
        from basin.engine.population import BETWEEN, TURNS

        crowd, parts, phases = self.crew.crowd, len(scratch), self.mix.rules.phases
        bounds = np.linspace(0, len(crowd.set_of), parts + 1).astype(int)
        copied = len(crowd.p) < len(crowd.set_of) and (self.crew.ties.audits == DIFFERS or phases > 1)
        own = [crowd] + [crowd._replace(p=crowd.p.copy()) if copied else crowd for _ in range(parts - 1)]
        for when in range(1, self.horizon + 1):

            def part(at: int, when: int = when) -> None:
                self._live(own[at], scratch[at], TURNS, bounds[at], bounds[at + 1], when)

            others = [pool.submit(part, at) for at in range(1, parts)]
            part(0)
            for done in others:
                done.result()
            self._live(crowd, scratch[0], BETWEEN, start=when)
            if copied and phases > 1:
                for other in own[1:]:
                    other.p[:] = crowd.p
            clock.tick(len(crowd.agent))

    def _live(
        self, crowd: Crowd, scratch: tuple[Block, Batch], act: int, first: int = 0, last: int = 0, start: int = 0,
        stop: int = 0,
    ) -> None:  # fmt: skip
        from basin.engine.population import live

        mix, crew = self.mix, self.crew
        live(
            mix.rules, crew.ties, mix.choices, mix.parameters, mix.own, crowd, *scratch, crew.people, self.key, self.records,
            self.seen, act, int(first), int(last), start, stop,
        )  # fmt: skip

    def collected(self) -> Iterator[Population]:
        """The crowd's populations, each by itself. Raises SimulationError where a number is none."""
        crowd, ties = self.crew.crowd, self.crew.ties
        lane, spot = crowd.lane // LANES, crowd.lane % LANES
        for at, member in enumerate(self.crew.members):
            nodes = slice(ties.populations[at], ties.populations[at + 1])
            agents = crowd.lane[nodes] >= 0
            records = self.records[nodes]
            belief = np.where(agents[:, None], crowd.m[lane[nodes], :, spot[nodes]], np.nan)
            if crowd.voice.shape[1]:
                belief[~agents] = crowd.voice[0, nodes][~agents]
            if np.isnan(records[agents]).any() or not np.isfinite(belief[agents]).all():
                raise SimulationError(
                    f"population {member.number} left the range of ordinary numbers: some parameter is too extreme"
                )
            first = int(np.argmax(agents))
            people = min(lane[nodes][first], len(crowd.theta) - 1)  # which all blocks may share
            diagonal = np.cumsum(np.arange(1, belief.shape[1] + 1)) - 1
            trace = crowd.V[lane[nodes][:, None], diagonal, spot[nodes][:, None]].sum(axis=1)
            watched = self.seen.status[:, nodes] if at in self.watched else self.seen.status[:, :0]
            yield Population(
                cell=member.cell, number=member.number,
                columns={name: records[:, column] for column, name in enumerate(RECORD)}, role=self.role[nodes],
                approval=np.where(agents, crowd.approval[nodes], np.nan),
                policed=crowd.policed[nodes] if len(crowd.policed) else np.zeros((int(agents.size), 2)),
                life=crowd.life[nodes], moments=self.when, count=self.seen.count[at], mean=self.seen.mean[at], status=watched,
                belief=belief, unsure=np.where(agents, np.sqrt(np.maximum(trace, 0.0)), np.nan),
                target=crowd.theta[people, :, spot[nodes][first]].copy(), graph=self.crew.graphs[at],
            )  # fmt: skip
