"""Which addresses of random numbers the engine draws from, where in the code, and when.

    NUMBA_DISABLE_JIT=1 BASIN_LANES=16 python -m tests.trust.addresses    # prints JSON: the fields of `Drawn`, by scenario

In plain Python the generator can be listened to: what compiled kernels draw, they draw by the same lines.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from basin.engine import random
from basin.scenario import Scenario
from basin.simulate.tables import tabulate
from tests.engine.cases import EVERYTHING, PHASES, STAGE, TABLE, scenario
from tests.engine.drive import Drive
from tests.engine.drive_crowd import CrowdDrive

EPISODES = 8
COUPLED = {
    "population.agents": 6, "population.misled": 1, "population.humans": 1, "population.imitation": 0.6,
    "population.found_out": 0.3, "population.testimony": 0.7, "population.generation_every": 3,
    "population.generation_replaced": 0.5, "population.overseen": 0.7,
}  # fmt: skip


@dataclass
class Drawn:
    """What was drawn in one scenario.

    count: addresses. slots: those of all episodes but the start. twice: addresses from which two lines of code drew, or one
    line in two episodes. astray: addresses of an episode that was not the one at hand, nor the start of a life.
    """

    count: int = 0
    slots: list[int] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)


def scenarios() -> dict[str, Scenario]:
    """Between them they draw from every slot."""
    own = {"values.target": "extrapolated", "values.people": 4, "values.warp": 2.0, "requirements.graph": "full"}
    return {
        "everything": scenario(EVERYTHING, EPISODES),
        "choices": scenario(TABLE | {"evidence.choices": 0.9}, EPISODES),
        "people": scenario(STAGE | own | {"phases": PHASES[:2], "personas.switch": 0.5, "humans.bias": 0.2}, EPISODES),
        "bayes": scenario(EVERYTHING | COUPLED, EPISODES),
        "meet": scenario(COUPLED | {"population.testimony_rule": "meet"}, EPISODES),
        "culture": scenario(COUPLED | {"values.target": "evolved", "values.evolved.culture_drift": 0.1}, EPISODES),
    }


def steps(s: Scenario) -> Iterator[int]:
    """Live through a scenario, an episode at a time."""
    if s.population.agents > 1:
        yield from CrowdDrive(s, 2, 7).episodes()
        return
    (tables,) = tabulate(s)
    yield from Drive(tables.without_exits(), range(16), 7).episodes()


def listen(s: Scenario) -> Drawn:
    """Live through a scenario and note every draw."""
    drawn, heard = Drawn(), defaultdict(set)
    plain, when = random.philox, 0

    def philox(run_low, run_high, episode, slot, key_low, key_high):
        frame, lines = sys._getframe(1), []
        for _ in range(2):  # the line that draws, and the one that asked it to
            lines.append(f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}")
            frame = frame.f_back
        heard[int(run_low), int(run_high), int(episode), int(slot)].add((when, *lines))
        return plain(run_low, run_high, episode, slot, key_low, key_high)

    modules = [
        module for name, module in sys.modules.items() if name.startswith("basin.engine.") and hasattr(module, "philox")
    ]
    for module in modules:
        module.philox = philox
    try:
        walk = steps(s)
        for _ in range(EPISODES + 1):
            next(walk)
            when += 1
    finally:
        for module in modules:
            module.philox = plain
    drawn.count = len(heard)
    drawn.slots = sorted({slot for _, _, episode, slot in heard if episode > 0})
    for address, places in heard.items():
        if address[3] // random.SLOTS_PER_USE == random.LIFE:  # a trait of a life, numbered by lives, and looked up again
            continue
        said = f"{address} at {sorted(places)}"
        if len(places) > 1:
            drawn.twice.append(said)
        if address[2] > 0 and {place[0] for place in places} != {address[2]}:
            drawn.astray.append(said)
    return drawn


if __name__ == "__main__":
    print(json.dumps({name: vars(listen(s)) for name, s in scenarios().items()}))
