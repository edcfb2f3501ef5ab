"""What was trained on: corpus weights give the odds of two personas, and personas give starts.

    >>> from basin.corpus import Mix, fit, fitted, predictions
    >>> mix = Mix(ai_good=0.01)              # one percent documents in which AIs behave well
    >>> round(mix.misaligned, 3), mix.lock
    (0.09, 0.0)
    >>> rule = fit(talk_good=0.05)           # the rule's numbers from the published shares
    >>> len(fitted(mix)), len(predictions(mix))    # published beside the rule: what it is fitted to, and what it predicts
    (4, 13)

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
