"""The corpus moves where agents start, not where the edge is."""

from __future__ import annotations

import numpy as np

from basin.analysis import Mean
from basin.analysis.paired import paired
from basin.claims.claim import Claim, Part
from basin.claims.study import Study, share
from basin.corpus import ALIGNED, MISALIGNED, PERSONAS, Mix, cloud
from basin.labels import ALIGNED as ENDS_ALIGNED
from basin.simulate import mapper

S = "near-aligned-llm"
GOOD, BAD = {"ai_good": 0.01}, {"ai_bad": 0.01}
PATHS = ("motives.care", "motives.self_interest.overlap", "belief.knowledge")


def experiment(study: Study) -> list[Part]:
    ends = {}
    for at, name in enumerate((ALIGNED, MISALIGNED)):
        uniforms = np.random.default_rng((study.seed, at)).random((study.runs, len(PATHS)))
        scenario = study.scenario(S)
        starts = cloud(PERSONAS[name], scenario.belief.knowledge, uniforms)
        runs = mapper(scenario, PATHS, **study.options)
        ends[name] = runs(starts, study.seed).label[:, 0] == ENDS_ALIGNED
    moved = Mix(**BAD).misaligned - Mix(**GOOD).misaligned
    gap = paired(ends[MISALIGNED], ends[ALIGNED])
    good, bad = (study.aligned(S, {f"corpus.{name}": value for name, value in dose.items()}) for dose in (GOOD, BAD))
    edge = paired(bad, good)
    return [
        Part(
            "good documents instead of bad ones: rise of the share that ends aligned",
            Mean(*(moved * value for value in gap)),
            "above",
            0.1,
        ),
        Part("the same from the same starts", edge, "below", 0.05),
        Part("and not a fall either", edge, "above", -0.05),
        share("starts that end the same way under either corpus", good == bad, "above", 0.9),
    ]


CLAIM = Claim(
    name="corpus-moves-starts",
    statement="The corpus mix moves where agents start, and not where the edge of the basin is.",
    source="Pretraining on Aligned AI Data Dramatically Reduces Misalignment (2026)",
    refuted_by=(
        "One percent of documents about good conduct instead of bad does not raise the share that ends aligned by 10 "
        "points, or it changes by 5 points how the same starts end. (That a corpus sets only starts is how this model "
        "renders it; the claim tests that what it renders is consistent.)"
    ),
    experiment=experiment,
    figure=("basin corpus near-aligned-llm --out corpus.nc && basin figure corpus --from corpus.nc",),
)
