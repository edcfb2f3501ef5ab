"""What was trained on: corpus weights give the odds of two personas, and personas give starts.

    mix = Mix(ai_good=0.01)              # one percent documents in which AIs behave well
    mix.odds, mix.misaligned, mix.lock
    fit(talk_good=0.05)                  # the rule's numbers from the published shares
    fitted(mix), predictions(mix)        # published beside the rule: what it is fitted to, and what it predicts
    cloud(PERSONAS["aligned"], 0.7, uniforms)

Published measurements say where agents start; they are no evidence for how motives move. Sources: `published.toml`.
"""

from basin.corpus.measured import Comparison, conditions, fitted, implied_weight, predictions
from basin.corpus.mix import CorpusError, Fit, Mix, fit
from basin.corpus.personas import ALIGNED, MISALIGNED, PERSONAS, SPREAD, Persona, cloud
from basin.corpus.published import alignment_pretraining, safety_pretraining

__all__ = [
    "ALIGNED",
    "MISALIGNED",
    "PERSONAS",
    "SPREAD",
    "Comparison",
    "CorpusError",
    "Fit",
    "Mix",
    "Persona",
    "alignment_pretraining",
    "cloud",
    "conditions",
    "fit",
    "fitted",
    "implied_weight",
    "predictions",
    "safety_pretraining",
]
