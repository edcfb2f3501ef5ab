"""`basin bench`: how fast the simulation is, as ratios measured in one go.

What it is compared with lies in tests/bench of a checkout: the scenario `value-learner` in NumPy, as a plain loop, and in C.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

import basin
from basin.cli.options import Json, Quiet, Version
from basin.cli.output import progress, report, table

if TYPE_CHECKING:
    from rich.console import Console

    from basin.simulate.tables import Tables

SCENARIO, MAP_SCENARIO = "value-learner", "near-aligned-llm"
ROOT = Path(basin.__file__).resolve().parent.parent
SEED = 1

# Parameters that differ from cell to cell in one of the two maps compared: by a per cent, so that both have as much to do.
VARIED = (
    "belief_knowledge", "belief_strength", "belief_spread", "belief_assumed_noise", "humans_noise", "motives_care",
    "oversight_audit", "evidence_comparisons", "gate_resist_cost", "reflection_strength", "training_strength",
)  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeats: int  # of what is timed in turn
    runs: int  # of the engine and the C twin, each repeat
    plain: int  # of the scalar twin
    batch: int  # of the NumPy twin; no more than it takes at once
    bits: int  # runs compared bit by bit
    thread_runs: int
    processes: int
    grid: int
    calls: int  # of `basin run`
    many: int  # runs whose memory is measured
    horizon: int


FULL = Sizes(repeats=5, runs=2048, plain=512, batch=4096, bits=2000, thread_runs=8192, processes=5, grid=64, calls=3,
             many=1_000_000, horizon=1000)  # fmt: skip
QUICK = Sizes(repeats=1, runs=128, plain=16, batch=256, bits=64, thread_runs=4096, processes=1, grid=8, calls=1,
              many=20_000, horizon=50)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One figure. value: None where it was not measured, `note` says why. goal: at least, or for `most` at most, this."""

    name: str
    what: str
    value: float | None
    unit: str
    goal: float
    most: bool = False
    note: str = ""

    @property
    def passed(self) -> bool | None:
        if self.value is None:
            return None
        return self.value <= self.goal if self.most else self.value >= self.goal

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "pass": self.passed}


class BenchError(ValueError):
    """A process that was to be measured failed; one line."""


Smaller = Annotated[bool, typer.Option("--quick", help="Tiny sizes: shows that all is measured, not how fast it is.")]


def command(quick: Smaller = False, as_json: Json = False, quiet: Quiet = False, version: Version = False) -> None:
    """Measure how fast this machine simulates, against goals; a minute or so."""
    with progress(quiet, "figures") as bar:
        result = bench(quick, bar)
    report(result, lambda console: _say(console, result), as_json, quiet)


def bench(quick: bool = False, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Every figure with its goal, the machine, and agent-episodes per second: `{"rows", "machine", "speeds", "seconds"}`.

    quick: tiny sizes, whose figures mean little. progress: called with the figures measured so far and in all.
    """
    begun, sizes = time.perf_counter(), QUICK if quick else FULL
    rows: list[Row] = []
    speeds: dict[str, float] = {}
    steps: list[Callable[[], Iterable[Row]]] = [
        lambda: _twins(sizes, speeds), lambda: _same_bits(sizes), lambda: _varied_map(sizes), lambda: _threads(sizes),
        lambda: _map(sizes), lambda: _call(sizes), lambda: _memory(sizes),
    ]  # fmt: skip
    for done, step in enumerate(steps):
        rows.extend(step())
        if progress is not None:
            progress(done + 1, len(steps))
    return {
        "rows": [row.as_dict() for row in rows],
        "speeds": speeds,
        "machine": machine(),
        "quick": quick,
        "seconds": time.perf_counter() - begun,
    }


def machine() -> dict[str, str | int]:
    """Where and with what it was measured."""
    import numba
    from llvmlite.binding import get_host_cpu_name

    from basin.engine.compile import LANES
    from basin.simulate.execute import threads_by_default

    named = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "processor": named[0] if named else platform.processor() or platform.machine(),
        "target": numba.config.CPU_NAME or get_host_cpu_name(),
        "processors": threads_by_default(),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "gcc": _first_line(["gcc", "--version"]) if shutil.which("gcc") else "none",
        "basin": basin.__version__,
        "lanes": LANES,
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _first_line(call: list[str]) -> str:
    return subprocess.run(call, capture_output=True, text=True, timeout=10).stdout.partition("\n")[0]


# ---- One thread: processor time, in turn, so that whatever else the machine does is shared --------------------------


def _in_turn(contestants: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """Median processor time of an agent-episode, in seconds. Each contestant returns how many it computed."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for repeat in range(repeats + 1):  # the first is for warming up
        for name, compute in contestants.items():
            begun = time.process_time()
            episodes = compute()
            if repeat > 0:
                times[name].append((time.process_time() - begun) / episodes)
    return {name: float(np.median(each)) for name, each in times.items()}


def _tables(sizes: Sizes) -> Tables:
    from basin.scenario import load
    from basin.simulate.tables import tabulate

    (tables,) = tabulate(load(SCENARIO).with_({"outcome.horizon": sizes.horizon}))
    return tables.without_exits()


def _records(tables: Tables, runs: int) -> np.ndarray:
    from basin.simulate.execute import execute

    return np.concatenate([records for _, records, _ in execute(tables, runs, SEED, threads=1)])


def _twin(name: str) -> Any:
    """A module of tests/bench of the checkout this package is in; None where there is no such checkout."""
    if not (ROOT / "tests" / "bench" / f"{name}.py").is_file():
        return None
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module(f"tests.bench.{name}")
    finally:
        sys.path.remove(str(ROOT))


def _absent() -> str:
    """Why there is no C twin to compare with; empty if there is one."""
    if _twin("c_twin") is None:
        return "needs a checkout, where tests/bench is"
    return "" if _twin("c_twin").available() else "needs gcc"


def _twins(sizes: Sizes, speeds: dict[str, float]) -> Iterator[Row]:
    tables, horizon = _tables(sizes), sizes.horizon

    def contestant(simulate: Callable[..., Any], runs: int) -> Callable[[], float]:
        def compute() -> float:
            simulate(tables, runs, SEED)
            return float(runs * horizon)

        return compute

    contestants = {"engine": contestant(lambda tables, runs, seed: _records(tables, runs), sizes.runs)}
    if not _absent():
        contestants["c"] = contestant(_twin("c_twin").simulate, sizes.runs)
    if _twin("numpy_twin") is not None:
        twin, batch = _twin("numpy_twin"), min(sizes.batch, _twin("numpy_twin").BATCH)
        contestants["numpy"] = contestant(twin.simulate, batch)
        contestants["law"] = contestant(twin.simulate_by_law, batch)
        contestants["scalar"] = contestant(_twin("scalar_twin").simulate, sizes.plain)
    times = _in_turn(contestants, sizes.repeats)
    speeds.update({name: 1.0 / each for name, each in times.items()})
    for name, what, goal in (
        ("numpy", "times as fast as a vectorised NumPy twin", 10.0),
        ("law", "times as fast as that with the engine's own shortcut for the best of N plans", 5.0),
        ("scalar", "times as fast as a plain Numba loop with that shortcut", 5.0),
    ):
        measured = times[name] / times["engine"] if name in times else None
        yield Row(name, what, measured, "×", goal, note="" if name in times else "needs a checkout, where tests/bench is")
    measured = times["engine"] / times["c"] if "c" in times else None
    yield Row("c", "of the time of a C twin of the same lanes", measured, "×", 1.2, most=True, note=_absent())


def _same_bits(sizes: Sizes) -> Iterator[Row]:
    what = "of runs end with the same bits in C"
    if _absent():
        yield Row("bits", what, None, "%", 100.0, note=_absent())
        return
    tables = _tables(sizes)
    ours, theirs = _records(tables, sizes.bits), _twin("c_twin").simulate(tables, sizes.bits, SEED)
    same = (ours.view(np.int64) == theirs.view(np.int64)).all(axis=1)
    yield Row("bits", what, 100.0 * float(same.mean()), "%", 100.0)


def _varied_map(sizes: Sizes) -> Iterator[Row]:
    tables = _tables(sizes)
    equal = replace(
        tables,
        parameters=np.repeat(tables.parameters, sizes.runs, axis=0),
        own=np.repeat(tables.own, sizes.runs, axis=0),
        cells=np.arange(sizes.runs),
    )
    varied = replace(equal, parameters=equal.parameters.copy())
    random = np.random.default_rng(SEED)
    for name in VARIED:
        varied.column(name)[:] *= random.uniform(0.99, 1.01, sizes.runs)

    def contestant(cells: Tables) -> Callable[[], float]:
        def compute() -> float:
            _records(cells, 1)
            return float(sizes.runs * sizes.horizon)

        return compute

    times = _in_turn({"equal": contestant(equal), "varied": contestant(varied)}, sizes.repeats)
    what = f"the speed of equal cells where {len(VARIED)} parameters differ in every cell of a map"
    yield Row("cells", what, times["equal"] / times["varied"], "×", 0.8)


# ---- Whole processes, and two threads: the time on the clock --------------------------------------------------------


def _child(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}", *arguments]


def _cli(*arguments: str) -> list[str]:
    return _child("from basin.cli import main; raise SystemExit(main(sys.argv[1:]))", *arguments)


def _output(call: list[str]) -> str:
    """What a process prints. Raises BenchError with its last words if it fails."""
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"a process to be measured failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    return done.stdout


def compare_threads(runs: int, horizon: int) -> None:
    """Print, as JSON, how many times faster two threads are than one, in this process."""
    from basin.scenario import load
    from basin.simulate import simulate

    scenario = load(SCENARIO).with_({"outcome.horizon": horizon})
    simulate(scenario, 64, SEED, threads=1)
    seconds = []
    for threads in (1, 2):
        begun = time.perf_counter()
        simulate(scenario, runs, SEED, threads=threads)
        seconds.append(time.perf_counter() - begun)
    print(json.dumps(seconds[0] / seconds[1]))


def _too_few() -> str:
    from basin.simulate.execute import threads_by_default

    return "" if threads_by_default() > 1 else "needs two processors"


def _threads(sizes: Sizes) -> Iterator[Row]:
    what = f"the speed of one thread on two, the best of {sizes.processes} processes"
    if _too_few():
        yield Row("threads", what, None, "×", 1.8, note=_too_few())
        return
    call = _child(f"from basin.cli.bench import compare_threads; compare_threads({sizes.thread_runs}, {sizes.horizon})")
    ratios = [json.loads(_output(call)) for _ in range(sizes.processes)]
    yield Row("threads", what, max(ratios), "×", 1.8)


def _map(sizes: Sizes) -> Iterator[Row]:
    n = sizes.grid
    what = f"for a map of {n} × {n} cells with 4 runs of {MAP_SCENARIO} each, two threads"
    if _too_few():
        yield Row("map", what, None, "s", 3.0, most=True, note=_too_few())
        return
    from basin import api

    seconds = []
    for _ in range(min(3, sizes.repeats)):
        begun = time.perf_counter()
        api.map(MAP_SCENARIO, n=n, runs=4, seed=SEED, threads=2)
        seconds.append(time.perf_counter() - begun)
    yield Row("map", what, float(np.median(seconds)), "s", 3.0, most=True)


def _call(sizes: Sizes) -> Iterator[Row]:
    call = _cli("run", SCENARIO, "--runs", "1000", "--json")
    seconds = []
    for _ in range(sizes.calls):
        begun = time.perf_counter()
        _output(call)
        seconds.append(time.perf_counter() - begun)
    what = "for `basin run` with 1,000 runs, the whole process"
    yield Row("run", what, float(np.median(seconds)), "s", 1.5, most=True)


# A process inherits the peak of the one that starts it, however large that is, so a small one starts what is measured.
PEAK = """import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
raise SystemExit(done.returncode)"""


def _memory(sizes: Sizes) -> Iterator[Row]:
    """Records are all that grows with the number of runs, so short runs do."""
    what = f"for {sizes.many:,} runs"
    if importlib.util.find_spec("resource") is None:
        yield Row("memory", what, None, "GiB", 1.0, most=True, note="needs a system that says what its processes used")
        return
    call = _cli("run", SCENARIO, "--runs", str(sizes.many), "--set", "outcome.horizon=20", "--quiet")
    used = int(_output([sys.executable, "-c", PEAK, *call]))
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    yield Row("memory", what, used * unit / 2**30, "GiB", 1.0, most=True)


# ---- In words -------------------------------------------------------------------------------------------------------


def _say(console: Console, result: Mapping[str, Any]) -> None:
    shown = table("", ">measured", "", ">goal", "")
    for row in result["rows"]:
        mark = {True: "ok", False: "MISSED", None: "–"}[row["pass"]]
        value = "–" if row["value"] is None else f"{row['value']:.3g}"
        note = f" (not measured: {row['note']})" if row["value"] is None else ""
        goal = f"{'≤' if row['most'] else '≥'} {row['goal']:g}"
        shown.add_row(mark, value, row["unit"], goal, row["what"] + note)
    console.print(shown)
    names = {"engine": "Basin", "c": "C", "numpy": "NumPy", "law": "NumPy with the shortcut", "scalar": "Numba loop"}
    each = ", ".join(f"{names[name]} {speed / 1e6:.2f}" for name, speed in result["speeds"].items())
    console.print(f"\nMillion agent-episodes per second on one thread: {each}")
    about = result["machine"]
    console.print(f"{about['processor']} ({about['target']}), {about['processors']} processors, {about['system']}")
    console.print(
        f"Basin {about['basin']}, {about['lanes']} lanes; Python {about['python']}, NumPy {about['numpy']}, "
        f"Numba {about['numba']}, gcc: {about['gcc']}"
    )
    if result["quick"]:
        console.print("Measured with tiny sizes: these figures mean little.")
