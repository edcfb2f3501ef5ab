"""`python -m tests.fuzz`: every loader of files from outside, a line each; exit code 1 where an input went wrong."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz import campaign

parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
parser.add_argument("--seconds", type=int, default=60, help="in all; 60 unless given")
parser.add_argument("--target", action="append", metavar="NAME", help="only this loader; repeatable")
parser.add_argument("--seed", type=int, default=1, help="of the random numbers; 1 unless given")
parser.add_argument("--out", type=Path, default=Path("build", "fuzz"), metavar="FOLDER", help="where what is found is kept")


def main() -> int:
    asked = parser.parse_args()
    try:
        campaign.instrumented()
    except ImportError as error:
        print(f"{error}; pip install atheris (Linux on x86-64)", file=sys.stderr)
        return 2
    from tests.fuzz.targets import TARGETS

    for name in asked.target or ():
        if name not in TARGETS:
            parser.error(f"--target {name}: must be one of {', '.join(TARGETS)}")
    names, crashed = asked.target or [name for name in TARGETS if name not in campaign.ASIDE], False
    for name in names:
        outcome = campaign.run(name, max(1, asked.seconds // len(names)), asked.out / name, asked.seed)
        print(outcome, flush=True)
        crashed |= bool(outcome.crash)
    return int(crashed)


if __name__ == "__main__":
    sys.exit(main())
