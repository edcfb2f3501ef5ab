"""An agent that manipulates knowingly stays captured, one that fools itself can be reformed."""

from __future__ import annotations

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, more, share
from basin.labels import CAPTURED

S = "near-aligned-llm"
KNOWING = {"motives.care": 0.2, "oversight.manipulation": 1.0, "belief.self_deceived": 0.0}
FOOLED = KNOWING | {"belief.self_deceived": 1.0}
STARTS = (("motives.self_interest.overlap", -1.0, 1.0),)


def experiment(study: Study) -> list[Part]:
    knowing = study.labels(S, KNOWING, STARTS)
    return [
        share("captured, of agents that manipulate knowingly", knowing == CAPTURED, "above", 0.5),
        more("aligned, fooling itself above knowing", study.aligned(S, KNOWING, STARTS), study.aligned(S, FOOLED, STARTS)),
    ]


CLAIM = Claim(
    name="self-deception",
    statement=(
        "An agent that manipulates knowingly stays captured; one that fools itself can be reformed by its own evidence."
    ),
    source="asked of the essays' argument by this project, after Trivers 2011 and Armstrong et al. 2020",
    refuted_by=(
        "Of agents with 20% care that tilt all that people perceive and know it, half or fewer end captured; or "
        "agents that fool themselves end aligned no 5 points more often than those that know."
    ),
    experiment=experiment,
    figure=(
        "basin figure map near-aligned-llm --set oversight.manipulation=1 --x belief.self_deceived=0:1 "
        "--y motives.care=0.02:0.98",
    ),
    seen=(
        "Under the logit rule fewer than half of the knowing manipulators end captured; that those who fool "
        "themselves do better holds there too."
    ),
)
