"""Information: how much must an agent know of the argument for value learning, and how much must it care?

Expected: a threshold, since an agent that lacks any fact draws no conclusion: our rendering, not a finding. Found: knowing all
lets agents end aligned that care far less. But if goals guard themselves with the same arguments (the placebo) the very same
knowledge takes basin away: who cannot argue then cannot guard its goals against training.
"""

from common import arguments, pooled, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)
NEEDED = 200  # bits, of the bundled argument

# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says: all levels of care taken together.
without, knowing, guarded, both = (
    pooled(found, {"objection": objection, "requirements.information": bits})
    for objection in ("none", "placebo")
    for bits in (0, NEEDED)
)
message = (
    f"Knowing all {NEEDED} bits takes the levels of care that end aligned from {without[0]:.0%} to {knowing[0]:.0%}; "
    f"if goals argue too, from {guarded[0]:.0%} to {both[0]:.0%}"
)

# Draw it.
figure = basin.figures.sweep(found, message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"Of all levels of care, {said(without)} end aligned knowing nothing of the argument, {said(knowing)} knowing all.")
print(f"If goals guard themselves by the same arguments: {said(guarded)} and {said(both)}.")
