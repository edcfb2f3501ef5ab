"""How near the engine is to what is possible: `python -m tests.bench.speed [--part PART] [--markdown] [--quick]`.

- grid: the engine at several sizes, on one thread and on two, next to C, a Numba loop, NumPy and JAX.
- mechanisms: what each costs, switched on in the plain scenario or off in it; next to C where C has it.
- scaling: time and memory from a thousand runs to ten million; the exponent of time in the number of features.
- roofline: operations and bytes against what this machine was measured to do; see roofline.py.

Each part stands alone; without --part they come one after another, in less than 25 minutes on an idle machine with two
processors. Ratios are medians over turns taken within one process, with the least and the largest. JAX is optional: pip
install jax. --markdown prints tables to be pasted in RESULTS.md, --quick tiny sizes, whose figures mean little.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from basin.cli.bench import machine
from basin.scenario import load
from basin.simulate.execute import threads_by_default
from basin.simulate.tables import Tables, tabulate
from tests.bench import c_twin, jax_twin, roofline
from tests.bench.contest import table
from tests.bench.twins import ROOT, Jax, Seconds, by_turns, crowd, engine, twin, twins
from tests.bench.variants import VARIANTS, Variant

SCENARIO = "value-learner"
NAMES = {"c": "C", "scalar": "Numba loop", "numpy": "NumPy", "numpy-law": "NumPy, by the law", "jax": "JAX",
         "jax-law": "JAX, by the law"}  # fmt: skip
TWO_THREADS = (8,)  # numbers of candidates: threads make no difference to how they matter
MOST_OF_C, LEAST_OF_JAX, LEAST_OF_NUMPY = 1.1, 5.0, 20.0  # the goals


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    features: tuple[int, ...]
    candidates: tuple[int, ...]
    horizon: int
    repeats: int
    seconds: float  # of each contestant's turn
    variants: int  # the first so many mechanisms
    runs: tuple[int, ...]  # of scaling
    short: int  # its horizon
    exponents: tuple[int, ...]  # features whose times its exponents come from


FULL = Size(features=(2, 4, 8, 16, 32), candidates=(1, 8, 64), horizon=100, repeats=5, seconds=0.2, variants=len(VARIANTS),
            runs=(1000, 10_000, 100_000, 1_000_000, 10_000_000), short=20, exponents=(4, 8, 16, 32, 64))  # fmt: skip
QUICK = Size(features=(2,), candidates=(8,), horizon=20, repeats=1, seconds=0.0, variants=3, runs=(64, 128), short=5,
             exponents=(2, 4))  # fmt: skip

Say = Callable[["Table"], None]


@dataclass(frozen=True)
class Table:
    """One table: a title, a note, a row of heads, and rows of words."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def said(self, markdown: bool) -> str:
        title = f"### {self.title}\n" if markdown else self.title
        return "\n".join([title, self.note, "", table(self.heads, self.rows, markdown)]) + "\n"


def tables_of(size: Size, **changes: float) -> Tables:
    (tables,) = tabulate(load(SCENARIO).with_({"outcome.horizon": size.horizon, **changes}))
    return tables.without_exits()


def nanoseconds(seconds: Seconds) -> str:
    return f"{1e9 * np.median(seconds):.1f}"


def ratio(over: Seconds, under: Seconds, digits: int = 2) -> str:
    """Of what was measured in the same turns: the median, the least and the largest."""
    each = over / under
    return f"{np.median(each):.{digits}f} ({each.min():.{digits}f}–{each.max():.{digits}f})"


# ---- The grid ------------------------------------------------------------------------------------------------------


def grid(size: Size) -> Iterator[Table]:
    """The engine and its twins at every size."""
    found: dict[tuple[int, int, int], dict[str, Seconds]] = {}
    for threads in range(1, 1 + min(2, threads_by_default())):
        with ExitStack() as stack:
            jax = stack.enter_context(Jax(threads)) if jax_twin.available() else None
            if jax is not None and size.repeats > 1:
                jax.tune(tables_of(size))
            for d in size.features:
                for n in size.candidates if threads == 1 else TWO_THREADS:
                    tables = tables_of(size, **{"values.features": d, "planning.candidates": n})
                    found[threads, d, n] = by_turns(twins(tables, threads, jax), size.repeats, size.seconds)
            how = (
                {by_law: f"batches of {batch}, {generator}" for by_law, (batch, generator) in jax.settings.items()}
                if jax
                else {}
            )
        here = {(d, n): times for (used, d, n), times in found.items() if used == threads}
        yield _grid_table(threads, size, here, how)
    yield goals(found)


def _grid_table(threads: int, size: Size, found: dict[tuple[int, int], dict[str, Seconds]], how: dict[bool, str]) -> Table:
    there = [name for name in NAMES if name in next(iter(found.values()))]
    clock = "processor time" if threads == 1 else "time on the clock"
    rows = [
        (f"{d}", f"{n}", nanoseconds(times["engine"]), *(ratio(times[name], times["engine"]) for name in there))
        for (d, n), times in found.items()
    ]
    note = (
        f"Nanoseconds of {clock} per agent-episode, {size.horizon} episodes a run, and how many times as long the twins take: "
        f"median of {size.repeats} turns (least–largest)."
    )
    if how:
        note += f" JAX: {how[False]}; by the law {how[True]}."
    missing = [NAMES[name] for name in NAMES if name not in there]
    note += f" Not installed, so not measured: {', '.join(missing)}." if missing else ""
    return Table(
        f"{threads} thread{'s'[: threads - 1]}", note, ("d", "N", "engine", *(NAMES[name] for name in there)), tuple(rows)
    )


def goals(found: dict[tuple[int, int, int], dict[str, Seconds]]) -> Table:
    """Each goal, and the size at which the median ratio was worst. JAX is judged by its quicker form."""

    def worst(threads: int, times_of: Callable[[dict[str, Seconds]], Seconds]) -> tuple[float, str]:
        medians = {
            (d, n): float(np.median(times_of(times) / times["engine"]))
            for (used, d, n), times in found.items()
            if used == threads
        }
        d, n = min(medians, key=medians.__getitem__)
        return medians[d, n], f"d = {d}, N = {n}"

    def quicker(times: dict[str, Seconds]) -> Seconds:
        return min(times["jax"], times["jax-law"], key=np.median)

    measured = next(iter(found.values()))
    asked: list[tuple[str, str, float, Callable[[dict[str, Seconds]], Seconds]]] = []
    if "c" in measured:
        asked.append(("of the time of C", f"≤ {MOST_OF_C:g}", 1 / MOST_OF_C, lambda times: times["c"]))
    if "jax" in measured:
        asked.append(("times as fast as JAX, its quicker form", f"≥ {LEAST_OF_JAX:g}", LEAST_OF_JAX, quicker))
    asked.append(("times as fast as NumPy", f"≥ {LEAST_OF_NUMPY:g}", LEAST_OF_NUMPY, lambda times: times["numpy"]))
    rows = []
    for what, goal, least, times_of in asked:
        for threads in sorted({used for used, _, _ in found}):
            value, where = worst(threads, times_of)
            shown = 1 / value if least < 1 else value
            rows.append((what, f"{threads}", f"{shown:.2f}", goal, where, "pass" if value >= least else "MISS"))
    heads = ("the engine takes, or is", "threads", "worst", "goal", "at", "")
    return Table("Goals", "The worst median of the tables above.", heads, tuple(rows))


# ---- Mechanisms ----------------------------------------------------------------------------------------------------


def mechanisms(size: Size) -> Iterator[Table]:
    """Each mechanism, against the plain scenario with the same number of features."""
    rows = [_mechanism(size, variant) for variant in VARIANTS[: size.variants]]
    note = (
        "Time of an agent-episode over that of the plain scenario `value-learner`, one thread, by turns: the engine's, C's "
        f"where it has the mechanism, and the engine's over C's. {size.horizon} episodes a run; median of {size.repeats} "
        "(least–largest)."
    )
    yield Table("Mechanisms", note, ("mechanism", "changes", "engine", "C", "engine / C"), tuple(rows))


def _mechanism(size: Size, variant: Variant) -> tuple[str, ...]:
    tables = variant.tables(size.horizon)
    plain = tables_of(size, **{"values.features": tables.rules.features})
    if variant.crowd:
        varied = crowd("varied", variant.scenario(size.horizon))
    else:
        varied = engine("varied", tables, history=variant.history, whole=variant.exits)
    contestants = [engine("plain", plain), varied]
    if c_twin.available():
        contestants.append(twin("c plain", c_twin.simulate, plain, c_twin.LANES))
        if c_twin.has(tables) and not (variant.history or variant.crowd):
            contestants.append(twin("c varied", c_twin.simulate, tables, c_twin.LANES))
    times = by_turns(contestants, size.repeats, size.seconds)
    in_c = "c varied" in times
    return (
        variant.name,
        variant.what,
        ratio(times["varied"], times["plain"]),
        ratio(times["c varied"], times["c plain"]) if in_c else "–",
        ratio(times["varied"], times["c varied"]) if in_c else "–",
    )


# ---- Scaling -------------------------------------------------------------------------------------------------------

# What a process prints about one call of `basin.run`: seconds, and the most memory that it ever had, in bytes.
CALL = """import json, resource, sys, time
import basin
from basin.scenario import load
runs, horizon = map(int, sys.argv[1:])
scenario = load("value-learner").with_({"outcome.horizon": horizon})
basin.run(scenario, runs=1, threads=1)
begun = time.process_time()
basin.run(scenario, runs=runs, threads=1)
seconds = time.process_time() - begun
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)]))"""


def scaling(size: Size) -> Iterator[Table]:
    """Linear in runs, and at most quadratic in features."""
    measured = [_call(1, size.short), *(_call(runs, size.short) for runs in size.runs)]
    (_, empty), rest = measured[0], measured[1:]
    rows = [
        (
            f"{runs:,}",
            f"{seconds:.3f}",
            f"{1e6 * seconds / runs:.3f}",
            f"{memory / 2**20:.0f}",
            f"{(memory - empty) / runs:.0f}",
        )
        for runs, (seconds, memory) in zip(size.runs, rest, strict=True)
    ]
    slope = np.polyfit(np.log(size.runs[1:]), np.log([seconds for seconds, _ in rest[1:]]), 1)[0] if len(rest) > 2 else np.nan
    note = (
        f"`basin.run` on one thread in a process of its own, {size.short} episodes a run (a default run has 1,000), so that "
        f"ten million take a minute or so. Time grows like runs^{slope:.3f} from {size.runs[1]:,} on."
    )
    heads = ("runs", "seconds", "µs a run", "memory, MiB", "bytes a run")
    yield Table("Runs", note, heads, tuple(rows))

    contestants = [engine(f"{d}", tables_of(size, **{"values.features": d})) for d in size.exponents]
    times = by_turns(contestants, size.repeats, size.seconds)
    medians = [float(np.median(times[f"{d}"])) for d in size.exponents]
    local = ["–"] + [
        f"{np.log(after / before) / np.log(b / a):.2f}"
        for a, b, before, after in zip(size.exponents, size.exponents[1:], medians, medians[1:], strict=False)
    ]
    passed = "pass" if len(local) < 2 or all(float(each) <= 2.0 for each in local[1:]) else "MISS"
    note = f"One thread; the exponent in d from the row before to this one. Goal: at most 2 everywhere, {passed}."
    rows = [(f"{d}", nanoseconds(times[f"{d}"]), each) for d, each in zip(size.exponents, local, strict=True)]
    yield Table("Features", note, ("d", "ns an agent-episode", "exponent"), tuple(rows))


def _call(runs: int, horizon: int) -> tuple[float, float]:
    call = [sys.executable, "-c", CALL, str(runs), str(horizon)]
    seconds, memory = json.loads(subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    return seconds, memory


# ---- The roofline --------------------------------------------------------------------------------------------------


def limits(size: Size) -> Iterator[Table]:
    """What the model's operations would take at this machine's measured peaks, beside what they take."""
    if not c_twin.available():
        yield Table("Roofline", "Not measured: needs gcc.", ("", ""), ())
        return
    peaks = roofline.peaks(quick=size.repeats == 1)
    rows = tuple((what, f"{value:.2f}") for what, value in peaks.described())
    note = "In vectors as wide as the engine's, on one thread; the best of many short loops. G is 1e9 a second, of doubles."
    yield Table("Peaks", note, ("what", "G/s or GB/s"), rows)
    rate = float(tables_of(size).column("evidence_comparisons")[0])
    contestants = [engine(f"{d}", tables_of(size, **{"values.features": d})) for d in size.features]
    times = by_turns(contestants, size.repeats, size.seconds)
    rows, parts = [], []
    for d in size.features:
        counted = roofline.episode(d, rate)
        total = sum(counted.values(), roofline.Cost())
        bound = peaks.bound(total, d)
        share = 100 * max(bound.values()) / (1e9 * np.median(times[f"{d}"]))
        far = total.far(d, peaks.first_level)
        rows.append(
            (f"{d}", f"{total.flops:.0f}", f"{total.divisions + total.roots:.0f}", f"{total.words:.1f}",
             f"{total.near / 1e3:.2f}", f"{far / 1e3:.2f}", *(f"{each:.1f}" for each in bound.values()),
             nanoseconds(times[f"{d}"]), f"{share:.0f} %")
        )  # fmt: skip
        parts.append((f"{d}", *(f"{peaks.bound(cost, d)['compute']:.1f}" for cost in counted.values())))
    heads = ("d", "+ ×", "÷ √", "Philox", "kB near", "kB far", "compute, ns", "near, ns", "far, ns", "measured, ns", "of peak")
    yield Table("Roofline", roofline.NOTE, heads, tuple(rows))
    yield Table("Where the operations are", "Nanoseconds at the measured peak of computing.", ("d", *counted), tuple(parts))


# ---- In words ------------------------------------------------------------------------------------------------------

PARTS: dict[str, Callable[[Size], Iterator[Table]]] = {
    "grid": grid, "mechanisms": mechanisms, "scaling": scaling, "roofline": limits,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.speed", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="one of them, or several; all unless said otherwise")
    parser.add_argument("--markdown", action="store_true", help="tables to be pasted in RESULTS.md")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that all is measured, not how fast it is")
    asked = parser.parse_args(arguments)
    size, about = QUICK if asked.quick else FULL, machine()
    where = (
        f"{about['processor']} ({about['target']}), {about['processors']} processors, {about['system']}; Basin "
        f"{about['basin']}, {about['lanes']} lanes; Python {about['python']}, NumPy {about['numpy']}, Numba {about['numba']}, "
        f"gcc: {about['gcc']}."
    )
    for part in asked.part or PARTS:
        command = f"python -m tests.bench.speed --part {part}{' --quick' if asked.quick else ''}"
        if asked.markdown:
            print(f"## {part.capitalize()}\n\n`{command}`, {datetime.date.today()}. {where}\n", flush=True)
        else:
            print(f"{command}\n{where}\n", flush=True)
        for one in PARTS[part](size):
            print(one.said(asked.markdown), flush=True)


if __name__ == "__main__":
    main()
