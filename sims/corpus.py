"""Corpus and post-training: can reading replace training on verdicts, or the other way round?

Expected: that each helps where the other is weak. Found: it hangs on whether the agent reasons about its own motives. If it
does, reading settles nearly all and training on verdicts nearly nothing: who starts as the misaligned character guards what it
wants. If it does not, nothing guards itself: without training nobody ends aligned, with enough of it nearly all do.
"""

from common import arguments, at, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)


def share(objection: str, documents: float, training: float) -> tuple[float, float, float]:
    return at(found, "aligned", {"objection": objection, "corpus.ai_good": documents, "training.strength": training})


# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says.
little, read, trained = share("none", 1e-4, 0), share("none", 0.01, 0), share("none", 1e-4, 0.2)
alone, forced = share("people-do-it", 1e-4, 0), share("people-do-it", 1e-4, 0.2)
message = (
    f"Of agents that reason, {little[0]:.0%} end aligned; {read[0]:.0%} with good reading, {trained[0]:.0%} with training. "
    f"Of others {alone[0]:.0%}, and {forced[0]:.0%} with training"
)

# Draw it.
figure = basin.figures.sweep(found, "aligned", message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"With reasoning: {said(little)} at hardly any documents and no training, {said(read)} at about a hundredth, and")
print(f"{said(trained)} by training at 0.2 alone. Without: {said(alone)} untrained, {said(forced)} trained.")
