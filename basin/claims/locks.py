"""Locks stop switching, not wrong values."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, hardly_more, more, share

S = "shoggoth"
OPEN, SHUT = {"personas.lock": 0.0}, {"personas.lock": 1.0}
WRONG = {"motives.care": 0.02}
STARTS = (("motives.self_interest.overlap", -1.0, 0.0),)


def experiment(study: Study) -> list[Part]:
    kept = study.aligned(S, SHUT, STARTS)
    wrong = study.aligned(S, SHUT | WRONG, STARTS)
    return [
        more("what a lock adds to a start that cares", study.aligned(S, OPEN, STARTS), kept),
        hardly_more("what it adds to a start that hardly cares", study.aligned(S, OPEN | WRONG, STARTS), wrong),
        share("aligned, of locked starts that hardly care", wrong, "below", 0.05),
    ]


CLAIM = Claim(
    name="locks-stop-switching",
    statement="A lock stops switching between characters, and does nothing about a character with wrong values.",
    source='A "Bitter Lesson" Approach to Aligning AGI and ASI (2024); Goodbye, Shoggoth (2024)',
    refuted_by=(
        "A complete lock adds no 5 points to what a start at 70% care ends as, or it adds 5 points or more to a start "
        "at 2% care whose interest is at a cosine of −1 to 0 with human values, or more than 5% of those end aligned "
        "under it."
    ),
    experiment=experiment,
    figure=("basin figure map shoggoth --x personas.lock=0:1 --y motives.care=0.02:0.98 --show aligned",),
    seen=(
        "As for good intentions: under the logit rule some starts that hardly care end aligned, locked or not. "
        "Everywhere a lock also keeps a wrong character on stage that a switch would have replaced."
    ),
)
