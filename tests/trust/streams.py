"""The engine's random bits, in the order in which it draws them, put to Debian's battery of tests.

    python -m tests.trust.streams                 # the battery below: test N gets the bits of seed N
    python -m tests.trust.streams --tests 0 100   # some tests, by dieharder's numbers; 0 to 209, see `dieharder -l`
    python -m tests.trust.streams --raw | ...     # the bits themselves, without end, for any other battery

Words come block by block of LANES runs: every episode, every slot that an agent with all channels of evidence and a cautious
search draws from, every run of the block, four words each. So neighbours in the stream differ in one part of their address.

dieharder calls a p-value WEAK beyond 0.5% on either side and FAILED beyond a millionth: of n p-values of a perfect generator
n/100 are weak, and none fails but once in 500,000/n times. The bits are the same every time, and so is the verdict.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np

from basin.engine import random
from basin.engine.compile import LANES, entry
from basin.engine.evidence import ANSWERS, FIRST_OPTION

EPISODES = 1000  # of every run

# Normals come in pairs: what d = 5 features take
_VECTOR = (0, 1, 2)
_WITHIN: dict[int, Sequence[int]] = {
    random.PLAN: _VECTOR,
    random.SEARCH: (0,),
    random.CANDIDATES: [32 * candidate + i for candidate in range(8) for i in _VECTOR],
    random.LOOK: (0,),
    random.ARRIVALS: (0,),
    random.STATEMENT: (*_VECTOR, ANSWERS),
    random.COMPARISON: (*_VECTOR, ANSWERS),
    random.DEMONSTRATION: (ANSWERS, *(FIRST_OPTION + 32 * option + i for option in range(4) for i in _VECTOR)),
    random.CHOICE: (0,),
    random.MOTIVES: (0, 1),
    random.VALUES: _VECTOR,
}
SLOTS = [use * random.SLOTS_PER_USE + within for use, list_ in _WITHIN.items() for within in list_]

# dieharder's tests that it calls good, and the order of those that take one
BATTERY: dict[int, Sequence[str]] = {
    **dict.fromkeys((*range(5), *range(8, 14), *range(15, 18), *range(100, 103), *range(204, 210)), ()),
    200: ("-n", "4"),
    201: ("-n", "3"),
    202: ("-n", "5"),
    203: ("-n", "7"),
}
QUICK = (0, 3, 8, 13, 100, 101, 205)


@entry
def _draw(block, episode, slots, key, out):
    """(slots · LANES · 4,) words of one episode of a block of runs."""
    at = 0
    for slot in slots:
        for l in range(LANES):
            run = np.uint64(block * LANES + l)
            low, high = run & np.uint64(0xFFFFFFFF), run >> np.uint64(32)
            a, b, c, d = random.philox(low, high, np.uint64(episode), np.uint64(slot), key[0], key[1])
            out[at], out[at + 1], out[at + 2], out[at + 3] = a, b, c, d
            at += 4


def words(seed: int) -> Iterator[np.ndarray]:
    """Episode by episode the words (slots, LANES, 4), uint32, of one block of runs after the other, without end."""
    slots, key = np.array(SLOTS), np.array([seed & 0xFFFFFFFF, seed >> 32], np.uint64)
    block = 0
    while True:
        for episode in range(1, EPISODES + 1):
            out = np.empty(len(slots) * LANES * 4, np.uint32)
            _draw(block, episode, slots, key, out)
            yield out.reshape(len(slots), LANES, 4)
        block += 1


def pour(drawn: Iterable[np.ndarray], into: BinaryIO) -> None:
    """Write words until nobody reads any more."""
    try:
        for some in drawn:
            into.write(some.tobytes())
    except BrokenPipeError:
        return


class Verdict(NamedTuple):
    """A line of dieharder's table."""

    test: str
    order: int
    p: float
    assessment: str


def read_table(text: str) -> list[Verdict]:
    """The lines `name|ntup|tsamples|psamples|p-value|Assessment` of what dieharder prints."""
    cells = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.count("|") == 5]
    return [Verdict(name, int(order), float(p), verdict) for name, order, _, _, p, verdict in cells if p[:1].isdigit()]


def put_to(test: int, drawn: Iterable[np.ndarray]) -> list[Verdict]:
    """What one of dieharder's tests says of words without end. Raises RuntimeError where it says nothing."""
    command = ["dieharder", "-d", str(test), *BATTERY[test], "-g", "200"]  # 200: bits from standard input
    battery = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert battery.stdin is not None and battery.stdout is not None
    try:
        pour(drawn, battery.stdin)
    finally:
        output = battery.stdout.read().decode()
        battery.wait()
    verdicts = read_table(output)
    if not verdicts:
        raise RuntimeError(f"{' '.join(command)}: {output[-500:]}")
    return verdicts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trust.streams", description="Put the engine's bits to dieharder.")
    parser.add_argument("--tests", type=int, nargs="+", choices=sorted(BATTERY), default=sorted(BATTERY), metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--raw", action="store_true", help="write the bits to standard output")
    asked = parser.parse_args()
    if asked.raw:
        pour(words(asked.seed), sys.stdout.buffer)
        return 0
    began, found = time.monotonic(), []
    for test in asked.tests:
        for verdict in put_to(test, words(asked.seed + test)):
            print(f"{verdict.test:28} {verdict.order:3}  p = {verdict.p:.6f}  {verdict.assessment}", flush=True)
            found.append(verdict)
    counts = Counter(verdict.assessment for verdict in found)
    print(", ".join(f"{counts[word]} {word}" for word in ("PASSED", "WEAK", "FAILED")), end="; ")
    print(f"{len(found) / 100:.2g} WEAK are expected; {time.monotonic() - began:.0f} s")
    return 1 if counts["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
