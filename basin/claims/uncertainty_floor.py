"""A floor under uncertainty widens the basin."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, more

S = "value-learner"
STARTS = (("motives.self_interest.overlap", -1.0, 1.0), ("motives.care", 0.02, 0.98))


def experiment(study: Study) -> list[Part]:
    return [more("what q = 0.002 adds", study.aligned(S, axes=STARTS), study.aligned(S, {"belief.drift": 0.002}, STARTS))]


CLAIM = Claim(
    name="uncertainty-floor",
    statement="A floor under the agent's uncertainty about values widens the basin.",
    source=("asked of the essays' argument by this project, after Hadfield-Menell et al. 2017, The off-switch game"),
    refuted_by=(
        "Over overlap and care, an uncertainty that is never let go below what q = 0.002 per episode keeps up does "
        "not raise the share of starts that end aligned by 5 points."
    ),
    experiment=experiment,
    figure=("basin figure map value-learner --x belief.drift=0.0001:0.1:log --y motives.care=0.02:0.98 --show aligned",),
    seen=(
        "The opposite: a belief that is never let settle keeps wavering about what people value, ends less often "
        "within the 18° that behaving well takes, and leaves more runs undecided; in 32 features most of them."
    ),
)
