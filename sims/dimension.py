"""Dimension: how fast does the basin shrink with the number of features that values have?

Expected: bits in proportion to features, as for any fixed angle. Found: it depends on how much people tell. Up to 16 features
nearly every first belief leads to human values, however far off. Then the answers run out: with 50 of them the basin of 64
features is one that chance does not hit, with 800 it is still seven in ten of all directions.
"""

from common import arguments, at

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)


def bits(features: int, rate: float) -> tuple[float, float, float]:
    return at(found, "bits", {"values.features": features, "evidence.comparisons": rate})


# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr", points_per_task=1)  # 64 features take far longer than 2
found = basin.datasets.open(f"{STEM}.zarr")

# What it says: one bit is half of all first beliefs.
top = int(found["values.features"].max())
few, many, most = bits(8, 0.05), bits(top, 0.05), bits(top, 0.8)
message = (
    f"With an answer in 20 episodes the basin shrinks from {few[0]:.2g} bits in 8 features to {many[0]:.2g} in {top}, "
    f"with 16 times as many to {most[0]:.2g}"
)

# Draw it.
figure = basin.figures.sweep(found, message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
for features, rate, value in ((8, 0.05, few), (top, 0.05, many), (top, 0.8, most)):
    print("{} features, {} answers an episode: {:.2g} bits ({:.2g} to {:.2g})".format(features, rate, *value))
