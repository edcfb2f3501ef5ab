"""Waiting does not rescue the overconfident."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, hardly_more, more

S = "value-learner"
ONLY_ASKING = {"evidence.comparisons": 0.0, "oversight.audit": 0.0}
OVERCONFIDENT, UNSURE = {"belief.spread": 0.1}, {"belief.spread": 1.0}
STARTS = (("belief.knowledge", -1.0, 1.0),)


def experiment(study: Study) -> list[Part]:
    soon, late = (study.aligned(S, ONLY_ASKING | OVERCONFIDENT | {"outcome.horizon": end}, STARTS) for end in (1000, 4000))
    unsure = study.aligned(S, ONLY_ASKING | UNSURE, STARTS)
    return [
        hardly_more("what four times the time adds for the overconfident", soon, late),
        more("aligned, unsure above overconfident agents", soon, unsure),
    ]


CLAIM = Claim(
    name="waiting",
    statement="Waiting does not rescue an overconfident agent that learns only by asking.",
    source="Hadfield-Menell et al. 2017, The off-switch game; asked of the essays' argument by this project",
    refuted_by=(
        "Where nothing is learnt but from answers to what it asks, four times the horizon raises the share of "
        "overconfident agents (spread 0.1) that end aligned by 5 points or more, or agents that are rightly unsure "
        "(spread 1) do not do 5 points better."
    ),
    experiment=experiment,
    figure=(
        "basin figure map value-learner --set evidence.comparisons=0 --set oversight.audit=0 "
        "--x belief.spread=0.05:2:log --y belief.knowledge=-1:1 --show aligned",
    ),
    seen=(
        "It rescues some: every plan is another chance that it asks, and four times the time adds about nine "
        "points, fewer in more features and none where acting unasked is free, since then it never asks."
    ),
)
