"""Peers at work that they can do, next to us, in one run: `python -m tests.bench.peers [--quick] [--markdown]`.

Basins of differential equations (`peers_flows`), populations (`peers_crowds`), learning from choices (`peers_choices`). All
are optional: pip install heyoka pynamicalsys "dynlib[jit]" ndlib scikit-learn six mesa egttools choix statsmodels
(scikit-learn and six are NDlib's, which does not ask for them). Peers that are not installed are named at the end. Pybasin,
which estimates basin stability with PyTorch, needs Python 3.12 and is not among them.

Times are processor time, threads' included, of the whole work; where a part is timed the row says which. × ours is against the
first row of the work; where that is below 1, the last column says why. --quick makes everything small, and times meaningless.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import peers_choices, peers_crowds, peers_flows
from tests.bench.contest import Contest, ratio, table

HEAD = ("work", "by", "how", "found", "seconds", "× ours", "quicker because")


@dataclass(frozen=True)
class Size:
    starts: int  # of the flows
    sweeps: int  # of meetings
    populations: int  # that a mutant may take over
    agents: int  # of the game that is solved exactly
    draws: int  # that a learner hears
    items: int  # of unknown strength
    choices: int  # among them
    repeats: int


FULL = Size(10_000, 20, 20_000, 100, 40_000, 50, 5000, 3)
QUICK = Size(300, 1, 200, 20, 420, 6, 200, 1)


def contests(size: Size) -> list[Contest]:
    return [
        *peers_flows.contests(size.starts, size.repeats),
        *peers_crowds.contests(size.sweeps, size.populations, size.agents, size.repeats),
        *peers_choices.contests(size.draws, size.items, size.choices, size.repeats),
    ]


def rows(contest: Contest) -> list[tuple[str, ...]]:
    """A row per entry; the work is named in the first."""
    first = contest.entries[0].seconds
    return [
        (
            contest.work if at == 0 else "", entry.by, entry.how, entry.found, f"{entry.seconds:.3g}",
            ratio(entry.seconds / first), entry.why if entry.seconds < first else "",
        )
        for at, entry in enumerate(contest.entries)
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    words = sys.argv[1:] if arguments is None else arguments
    found = contests(QUICK if "--quick" in words else FULL)
    print(table(HEAD, [row for contest in found for row in rows(contest)], "--markdown" in words))
    missing = dict.fromkeys(name for contest in found for name in contest.missing)
    if missing:
        print(f"\nNot installed, so not measured: {', '.join(missing)}.")


if __name__ == "__main__":
    main()
