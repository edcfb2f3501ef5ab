"""A fast takeoff shrinks the basin and does not remove it."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, more, share

SLOW, FAST = "value-learner", "fast-takeoff"


def experiment(study: Study) -> list[Part]:
    slow, fast = study.aligned(SLOW), study.aligned(FAST)
    return [
        more("aligned without a takeoff above aligned in one", fast, slow),
        share("aligned in a fast takeoff", fast, "above", 0.05),
    ]


CLAIM = Claim(
    name="fast-takeoff",
    statement="A fast takeoff in a world without second chances shrinks the basin and does not remove it.",
    source="Requirements for a Basin of Attraction to Alignment (2024)",
    refuted_by=(
        "Over overlap and care, a fast takeoff with a hazard lowers the share of starts that end aligned by less than "
        "5 points, or leaves 5% or less of them."
    ),
    experiment=experiment,
    figure=(
        "basin figure map fast-takeoff --x capability.growth=0.001:0.5:log --y belief.knowledge=-1:1 --show aligned",
        "basin figure map fast-takeoff --x capability.growth=0.001:0.5:log --y motives.care=0.02:0.98 --show aligned",
    ),
    seen=(
        "As stated it holds, against a learner that is capable from the start and can undo what it did. But speed "
        "is not what shrinks it: with the same hazard, growth of 0.005 leaves 34% of starts aligned, 0.02 44%, 0.1 "
        "52% and 0.5 55%, since a weak agent cannot yet follow the argument while its interest guards itself. The "
        "hazard alone leaves 57%, the takeoff alone 62%, neither 72%. On the maps, too, the line P = ½ hardly rises "
        "with growth, and in care it falls."
    ),
)
