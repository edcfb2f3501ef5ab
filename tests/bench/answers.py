"""How fast answers come, next to plain Monte Carlo on a dense grid: `python -m tests.bench.answers [--quick] [--markdown]`.

Both use the same engine and are asked for the same accuracy; the grid does not choose where to look.

- A basin fraction ± 0.01 (95%). Grid: 98 × 98 starts, which is what ± 0.01 takes where nobody knows the fraction beforehand
  (.25 (1.96/.01)²). Ours: `basin.stability` with Sobol' points, as many as a pilot of 1,024 says, which is paid for too; with
  random starts until the half-width is reached; and where labels are certain the area of `basin.boundary` followed to 1/64.
- A boundary at 1/512 of the window. Grid: the lattice of 513 × 513 starts, a run each, its line drawn by the same contouring.
  Where chance plays a part `basin.boundary` gives a corner at the boundary 264 runs and halves cells no further where P
  changes gradually. A grid that judges every cell by itself would need 264 runs in each: its evaluations are stated, and
  it is not timed. What is timed is the grid that pools its neighbours, a run a cell in blocks of 16 × 16.
- A tipping point ± 0.01 of the path: where P(target) = ½. Grid: 51 values, so that a step is ± 0.01, and independent starts
  at each. Ours: `basin.continuation`, which places every tipping point of every outcome; and the search for that one point
  alone (`basin.analysis.crossing`).
- What a change of an assumption does to a fraction, ± 0.01. Grid: two grids of 139 × 139, each ± 0.01/√2. Ours:
  `basin.tipping`, the same starts before and after with the same random numbers.

Time is processor time, threads' included. Answers are the same if they differ by no more than independent ones with these
errors do in 999 of 1,000 cases; boundaries, if 95% of either lies within both stated errors of the other. --quick: small, and
no claim.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import basin
from basin.labels import Labels
from basin.questions.subject import ScenarioSubject, Subject, SystemSubject, subject
from tests.bench.contest import ratio, spent, table

HEAD = (
    "answer", "of", "by", "answer (95%)", "evaluations", "the grid's", "fewer", "seconds", "the grid's", "faster",
    "the same answer", "where ours loses",
)  # fmt: skip
CHEAP = "an evaluation costs next to nothing, so that deciding where to look is most of the time"


@dataclass(frozen=True)
class Case:
    """A subject; the path along which it tips, with its ends, and how many starts ± 0.01 of it takes; a change."""

    name: str
    expected: bool
    along: tuple[str, float, float] | None
    starts: int = 0
    change: dict[str, float] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.name}, expected" if self.expected else self.name


CASES = (
    Case("near-aligned-llm", True, ("humans.bias", 0.0, 1.0), 250),
    Case("near-aligned-llm", False, ("humans.bias", 0.0, 1.0), 600, {"reflection.strength": 0.08}),
    Case("pendulum", False, ("torque", 0.0, 1.0), 5000, {"torque": 0.55}),
    Case("magnetic-pendulum", False, None, change={"friction": 0.25}),  # a third of the starts, by symmetry: nothing tips
)


@dataclass(frozen=True)
class Size:
    half_width: float
    resolution: int
    block: int  # cells along a block that pools runs
    values: int  # of the grid along a path
    starts: float  # part of a case's that are used


FULL, QUICK = Size(0.01, 512, 16, 51, 1.0), Size(0.05, 32, 4, 11, 0.1)


@dataclass(frozen=True)
class Answer:
    """What was found, in words; a number with its 95% half-width, or anything else that `same` compares; what it took."""

    by: str
    text: str
    found: Any
    evaluations: int
    seconds: float
    why: str = ""  # a clause for the case that it takes more evaluations than the grid


@dataclass(frozen=True)
class Duel:
    """A question about a subject, our answers, and the grid's; whether each is the same."""

    question: str
    title: str
    ours: tuple[Answer, ...]
    grid: Answer
    same: tuple[bool, ...]
    note: str = ""


# ---- Counting ------------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """Runs that were labelled."""

    runs: int = 0

    def counting(self, mapper: Callable[..., Labels]) -> Callable[..., Labels]:
        def counted(points: Any, seed: int) -> Labels:
            labels = mapper(points, seed)
            self.runs += labels.label.size
            return labels

        return counted


@dataclass(frozen=True)
class CountedScenario(ScenarioSubject):
    tally: Tally = field(default_factory=Tally)

    def mapper(self, *arguments: Any, **options: Any) -> Callable[..., Labels]:
        return self.tally.counting(super().mapper(*arguments, **options))


@dataclass(frozen=True)
class CountedSystem(SystemSubject):
    tally: Tally = field(default_factory=Tally)

    def mapper(self, *arguments: Any, **options: Any) -> Callable[..., Labels]:
        return self.tally.counting(super().mapper(*arguments, **options))


def counted(case: Case) -> tuple[Subject, Tally]:
    """The subject of a case, all of whose runs are counted, whoever asks for them."""
    found, tally = subject(case.name, expected=case.expected, threads=1), Tally()
    if isinstance(found, ScenarioSubject):
        return CountedScenario(found.scenario, found.expected, found.threads, tally=tally), tally
    return CountedSystem(found.system, tally=tally), tally


def answered(case: Case, by: str, ask: Callable[[Subject], tuple[str, Any]], why: str = "") -> Answer:
    """Ask, and count and time what it takes."""
    about, tally = counted(case)
    told: list[tuple[str, Any]] = []
    seconds = spent(lambda: told.append(ask(about)))
    return Answer(by, *told[0], tally.runs, seconds, why)


# ---- The table -----------------------------------------------------------------------------------------------------


def duels(size: Size, cases: Sequence[Case] = CASES) -> Iterable[Duel]:
    from tests.bench import answers_boundary, answers_share, answers_tipping

    for case in cases:
        warm_up(case)
    for case in cases:
        yield answers_share.duel(case, size)
    for case in cases:
        yield answers_boundary.duel(case, size)
    for case in cases:
        if case.along:
            yield answers_tipping.duel(case, size)
    for case in cases:
        if case.change:
            yield answers_share.change(case, size)


def warm_up(case: Case) -> None:
    """Compile or load the kernels of a case."""
    basin.stability(counted(case)[0], samples=64)


def rows(duel: Duel) -> list[tuple[str, ...]]:
    """A row per answer of ours; then one for the grid."""
    found = []
    for at, (one, same) in enumerate(zip(duel.ours, duel.same, strict=True)):
        fewer, faster = duel.grid.evaluations / max(1, one.evaluations), duel.grid.seconds / one.seconds
        found.append(
            (
                duel.question if at == 0 else "", duel.title if at == 0 else "", one.by, one.text, f"{one.evaluations:,}",
                f"{duel.grid.evaluations:,}", f"{ratio(fewer)}×", f"{one.seconds:.3g}", f"{duel.grid.seconds:.3g}",
                f"{ratio(faster)}×", "yes" if same else "NO", one.why if fewer < 1 else CHEAP if faster < 1 else "",
            )
        )  # fmt: skip
    grid = ("", "", duel.grid.by, duel.grid.text, f"{duel.grid.evaluations:,}", "", "", f"{duel.grid.seconds:.3g}", "", "", "")
    return [*found, (*grid, duel.note)]


def main(arguments: Sequence[str] | None = None) -> None:
    words = sys.argv[1:] if arguments is None else arguments
    found = list(duels(QUICK if "--quick" in words else FULL))
    print(table(HEAD, [row for duel in found for row in rows(duel)], "--markdown" in words))


if __name__ == "__main__":
    main()
