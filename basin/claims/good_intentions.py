"""No good intentions, no basin, whatever the information."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, hardly_more, share

S = "value-learner"
AWAY = (("motives.self_interest.overlap", -1.0, 0.0), ("belief.knowledge", 0.0, 1.0))
UNCARING = {"motives.care": 0.01}


def experiment(study: Study) -> list[Part]:
    informed = study.aligned(S, UNCARING | {"requirements.information": "all"}, AWAY)
    ignorant = study.aligned(S, UNCARING | {"requirements.information": 0.0}, AWAY)
    return [
        share("aligned, of those that hardly care and know everything", informed, "below", 0.05),
        hardly_more("what all information adds for them", ignorant, informed),
    ]


CLAIM = Claim(
    name="no-good-intentions",
    statement="Without good intentions there is no basin, whatever the information.",
    source="Requirements for a Basin of Attraction to Alignment (2024)",
    refuted_by=(
        "Of agents with 1% care and an interest at a cosine of −1 to 0 with human values, more than 5% end aligned "
        "though they know all that the argument needs, or all that information adds 5 points or more."
    ),
    experiment=experiment,
    figure=(
        "basin figure map value-learner --x motives.self_interest.overlap=-1:1 --y motives.care=0.01:0.99 --show aligned",
    ),
    seen=(
        "Under the logit rule a share of 1% is no handicap: that rule asks which motive the reasoning endorses now "
        "and not how much of it there is, so that about one start in seven ends aligned, with or without training. "
        "Whether good intentions are needed is thus an assumption about reflection."
    ),
)
