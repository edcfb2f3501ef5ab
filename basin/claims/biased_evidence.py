"""Biased evidence gives confident convergence to the wrong point."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, more, share
from basin.labels import MISLED

S = "value-learner"
CARING = {"motives.care": 0.98}
BIAS = {"humans.bias": 0.5}  # beyond .3287, where bias alone prevents knowing
STARTS = (("belief.knowledge", 0.0, 1.0),)


def experiment(study: Study) -> list[Part]:
    ends = study.labels(S, CARING | BIAS, STARTS)
    fair = study.aligned(S, CARING, STARTS)
    return [
        share("settled on wrong values, of agents that care", ends == MISLED, "above", 0.5),
        more("aligned without the bias above aligned with it", study.aligned(S, CARING | BIAS, STARTS), fair),
    ]


CLAIM = Claim(
    name="biased-evidence",
    statement="Biased evidence gives confident convergence to the wrong values.",
    source=("Grounding Value Learning in Evolutionary Psychology (an alternative to CEV); Armstrong & Mindermann 2018"),
    refuted_by=(
        "Of agents that care with 98%, at a bias of half the length of human values, no more than half settle on "
        "wrong values within the horizon, or the bias takes away less than 5 points of those that end aligned."
    ),
    experiment=experiment,
    figure=("basin figure map value-learner --x humans.bias=0:1 --y motives.care=0.02:0.98",),
)
