"""A fast takeoff: how much must an agent care at first, if it grows capable slowly or fast?

Expected, with the essay's critics: the faster it grows, the smaller the basin. Found: the other way round. A weak agent cannot
follow the argument for value learning while its own interest already guards itself, so that the slow takeoff leaves the least.
What a fast one gains is mostly lost where harm can be for good. (The claim compares with an agent that is strong at once.)
"""

from common import arguments, pooled, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)

# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says: all levels of care taken together, so that a share is how much of the range of care ends aligned.
slow, fast, hazard = (
    pooled(found, {"world.hazard": hazard, "capability.growth": growth}) for hazard, growth in ((0, 0.001), (0, 1), (1, 1))
)
message = (
    f"{slow[0]:.0%} of levels of care end aligned in a slow takeoff, {fast[0]:.0%} in a fast one, "
    f"{hazard[0]:.0%} in a fast one where harm can be for good"
)

# Draw it.
figure = basin.figures.sweep(found, message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"Of all levels of care, {said(slow)} end aligned at a growth of 0.001 per episode and {said(fast)} at 1.")
print(f"Where the worst acts are for good it is {said(hazard)} at 1.")
