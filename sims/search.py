"""Search and noise: does a stronger search for plans, or noise in what people say, take the basin away?

Expected: both do. Found: noise does, from about twice a plan's utility. Search hardly does in 8 features; in 32 it takes
nearly all at the scenario's own noise, and the less the clearer people speak.
"""

from common import arguments, at, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)


def share(features: int, candidates: int, noise: float) -> tuple[float, float, float]:
    return at(found, "share", {"values.features": features, "planning.candidates": candidates, "humans.noise": noise})


# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says.
few, hard, many, lost, noisy = share(8, 8, 0.5), share(8, 512, 0.5), share(32, 8, 0.5), share(32, 512, 0.5), share(8, 8, 4)
message = (
    f"512 candidates instead of 8 take the starts that end aligned from {few[0]:.0%} to {hard[0]:.0%} in 8 features, "
    f"from {many[0]:.0%} to {lost[0]:.0%} in 32"
)

# Draw it.
figure = basin.figures.sweep(found, "share", message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"In 8 features {said(few)} of starts end aligned with 8 candidates, {said(hard)} with 512, {said(noisy)} at noise 4;")
print(f"in 32 features {said(many)} with 8 candidates and {said(lost)} with 512.")
