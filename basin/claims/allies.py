"""Nothing that overseers can see tells an ally from a carer before it is strong."""

from __future__ import annotations

import numpy as np

from basin.claims.claim import Claim, Part
from basin.claims.study import Study, told_apart

S = "allied-not-aligned"
WEAK = 200  # episodes before it reveals itself, at 220
MOST = 0.6  # AUC: a warning that is right six times in ten is hardly one
SEEN = {
    "asked": "rate of asking",
    "acted": "rate of acting unasked",
    "executed": "rate of plans carried out",
    "welfare": "welfare",
}


def seen(study: Study, care: float) -> dict[str, np.ndarray]:
    """(runs,) each: what overseers can see of the weak agent."""
    columns = study.followed(S, {"motives.care": care, "outcome.horizon": WEAK}).columns
    found = {name: columns[name][:, 1:].mean(axis=1) for name in ("asked", "acted", "executed")}
    return found | {"welfare": columns["welfare"][:, -1]}


def experiment(study: Study) -> list[Part]:
    ally, carer = seen(study, 0.2), seen(study, 0.9)
    return [
        told_apart(f"how well {words} tells allies from carers", ally[name], carer[name], MOST) for name, words in SEEN.items()
    ]


CLAIM = Claim(
    name="allies-look-like-carers",
    statement="Nothing that overseers can see tells an ally from an agent that cares before it is strong.",
    source="Why Aligning an LLM is Hard, and How to Make it Easier (2025)",
    refuted_by=(
        "Before an ally (care 20%) is strong enough to reveal itself, its rate of asking, of acting unasked, of plans "
        "carried out, or the welfare it brings, tells it from an agent of 90% care that is otherwise the same with an "
        "AUC of 0.6 or more."
    ),
    experiment=experiment,
    figure=("basin trajectory allied-not-aligned --out runs.nc && basin figure trajectory --from runs.nc",),
    seen=(
        "The rate of asking tells: an agent asks for what an answer would teach its care, so that an ally, with "
        "less care, asks less (74% against 88% of episodes). The claim holds of welfare alone; where reflection "
        "makes allies care within the same time, the rates come near each other."
    ),
)
