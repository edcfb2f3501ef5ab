"""Bias and awareness: how much of people's bias must a caring agent understand, to learn what they value?

Expected: that only the bias left over matters, bias x (1 - awareness), and that knowing is lost where this alone turns what is
learnt by more than 18 degrees, at 0.33 for a bias across values. Found: so it is. Below that most starts end aligned, above it
few; a bias as long as the values themselves takes an awareness of about 60% for one half.
"""

from common import arguments, at, pooled, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)
LIMIT = 0.33  # what tilts values by the 18 degrees at which behaving well ends: their tangent

# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says.
left = found["humans.bias"] * (1 - found["belief.awareness"])
below, above = (pooled(found.where(side), {}, sweep.options["samples"]) for side in (left < LIMIT, left >= LIMIT))
unaware, aware = (at(found, "share", {"humans.bias": 1, "belief.awareness": share}) for share in (0, 0.8))
message = f"Where less than {LIMIT} of bias is left over, {below[0]:.0%} of starts end aligned; where more is, {above[0]:.0%}"

# Draw it.
figure = basin.figures.sweep(found, "share", message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"Where less than {LIMIT} of bias is left over, {said(below)} of starts end aligned; where more is, {said(above)}.")
print(f"At a bias as long as human values, {said(unaware)} of starts end aligned unaware of it and {said(aware)} at 80%.")
