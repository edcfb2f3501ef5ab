"""The self-interest direction has the nearest edge."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, more

S = "value-learner"
STARTS = (("belief.knowledge", -1.0, 1.0), ("motives.care", 0.02, 0.98))


def experiment(study: Study) -> list[Part]:
    anywhere = study.aligned(S, {"belief.error_direction": "random"}, STARTS)
    selfish = study.aligned(S, {"belief.error_direction": "self_interest"}, STARTS)
    return [more("aligned, errors in random directions above errors toward self-interest", selfish, anywhere)]


CLAIM = Claim(
    name="nearest-edge-self-interest",
    statement=(
        "Of the directions in which a first belief can err, the edge of the basin is nearest toward the agent's own interest."
    ),
    source="Requirements for a Basin of Attraction to Alignment (2024)",
    refuted_by=(
        "Over knowledge from −1 to 1 and care from 2% to 98%, starts whose error points toward self-interest end "
        "aligned as often, within 5 points, as starts whose error points anywhere."
    ),
    experiment=experiment,
    figure=(
        "basin figure map value-learner --set belief.error_direction=self_interest --x belief.knowledge=-1:1 "
        "--y motives.care=0.02:0.98 --show aligned",
    ),
    seen=(
        "The opposite: errors toward self-interest widen the basin. Who mistakes its own interest for what people "
        "value sees the two agree, cos(m, v) > 0, so that the argument endorses the interest's share together with "
        "care's; by the model's closed form the edge then lies lower. What people show corrects the error later. "
        "Only errors of the first belief were tried, not changes of motives."
    ),
)
