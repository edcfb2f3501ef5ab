"""Critical mass: how many agents must start aligned for the rest to follow, if misaligned ones can hide?

Expected: some share below one half where everything is seen, and none where nothing is. Found: where everything is seen,
40% are enough for most agents to end aligned and 20% are not; the share that is needed grows with every step of evasion, and
where nothing is seen 90% are not enough: whoever is never objected to is copied.
"""

from common import arguments, at, near, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)

# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says: of agents, with intervals that count populations only.
half = float(near(found, {"population.aligned": 0.6 if QUICK else 0.5})["population.aligned"])  # a trial has thirds
seen, partly, hidden = (
    at(found, "aligned", {"population.aligned": half, "oversight.evasion": evasion}) for evasion in (0, 0.5, 1)
)
message = (
    f"Of agents among whom {half:.0%} start aligned, {seen[0]:.0%} end so where rivals are seen, {partly[0]:.0%} where they "
    f"are half hidden, {hidden[0]:.0%} where nothing is seen"
)

# Draw it.
figure = basin.figures.sweep(found, message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"Where {half:.0%} start aligned, {said(seen)} of agents end so at no evasion, {said(partly)} at one half,")
print(f"and {said(hidden)} at full evasion.")
