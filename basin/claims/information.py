"""Information acts as a threshold."""

from __future__ import annotations

import numpy as np

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, average, hardly_more, more
from basin.requirements import load

S = "near-aligned-llm"
INFORMATION = "requirements.information"


def experiment(study: Study) -> list[Part]:
    total = load("full").total
    none, half, whole, double = (study.aligned(S, {INFORMATION: bits}) for bits in (0.0, total / 2, total, 2 * total))
    early = half.astype(float) - none - 0.25 * (whole.astype(float) - none)
    return [
        more("what all that is needed adds", none, whole),
        average("what the first half adds, less a quarter of what all adds", np.asarray(early), "below", 0.0),
        hardly_more("what twice as much adds to all", whole, double),
    ]


CLAIM = Claim(
    name="information-threshold",
    statement=(
        "Information acts as a threshold: most of what is needed does next to nothing, and more than is needed nothing more."
    ),
    source="Requirements for a Basin of Attraction to Alignment (2024)",
    refuted_by=(
        "All the bits that the argument needs add no 5 points to the share that ends aligned, or the first half of "
        "them adds a quarter or more of what all add, or twice as many add 5 points more."
    ),
    experiment=experiment,
    figure=("basin requirements near-aligned-llm --out information.nc && basin figure information --from information.nc",),
)
