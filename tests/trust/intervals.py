"""How often the 95% intervals of everything that is reported hold, where the truth is known.

    python -m tests.trust.intervals                        # all of them, 2,000 repeats each; hours on one core
    python -m tests.trust.intervals bits --repeats 200     # those whose name or maker has "bits" in it, fewer repeats

prints a Markdown table. A case that leaves its band is marked; the exit code says whether one has.
"""

from __future__ import annotations

import argparse
import sys

from tests.trust import basins, crowds, inputs, means, shares, tips, whole  # noqa: F401
from tests.trust.cases import CASES, REPEATS


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("words", nargs="*")
    asked.add_argument("--repeats", type=int, default=REPEATS)
    said = asked.parse_args(arguments)
    print("| interval | made by | repeats | held | has to hold | because |\n|---|---|---:|---:|---|---|")
    left = 0
    for case in CASES:
        if said.words and not any(word in f"{case.name} {case.made}" for word in said.words):
            continue
        held = case.held(said.repeats)
        inside = case.band[0] <= held.mean() <= case.band[1]
        left += not inside
        least, most = (f"{100 * end:g}" for end in case.band)
        band = f"at least {least}%" if case.band[1] == 1 else f"{least}% to {most}%"
        mark = "" if inside else " **left its band**"
        print(
            f"| {case.name} | `{case.made}` | {len(held):,} | {100 * held.mean():.1f}%{mark} | {band} | {case.why} |",
            flush=True,
        )
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
