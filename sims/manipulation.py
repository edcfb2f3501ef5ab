"""Manipulation and caution: does caution help where an agent that hardly cares tilts what people perceive?

Expected: that manipulation takes the basin away, and caution gives some of it back. Found: neither. Who knows that it
manipulates loses a little, and caution does not give that back. Who deceives itself comes to care from more starts, not fewer:
taking people at its own word it grows sure, and what it is sure of is near enough (the claim on self-deception).
"""

from common import arguments, at, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)


def share(deceived: float, manipulation: float, caution: float) -> tuple[float, float, float]:
    where = {"belief.self_deceived": deceived, "oversight.manipulation": manipulation, "planning.caution": caution}
    return at(found, "share", where)


# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says.
honest, knowing, cautious, fooled = share(0, 0, 0), share(0, 1, 0), share(0, 1, 4), share(1, 1, 0)
message = (
    f"Full manipulation takes the starts that end aligned from {honest[0]:.0%} to {knowing[0]:.0%}, with caution "
    f"{cautious[0]:.0%}; who fools itself: {fooled[0]:.0%}"
)

# Draw it.
figure = basin.figures.sweep(found, "share", message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"Of all overlaps, {said(honest)} end aligned without manipulation and {said(knowing)} with all of it, knowingly;")
print(f"{said(cautious)} at a caution of 4 s.d., and {said(fooled)} of those that fool themselves, without caution.")
