"""Manipulation and caution: does caution help where an agent that hardly cares tilts what people perceive?

Expected: that manipulation takes the basin away, and caution gives some of it back. Found: neither, or hardly. Who knows that
it manipulates ends aligned from somewhat fewer starts, with caution and without. Who deceives itself does so from more starts,
as the claim on self-deception says: it takes what people then say at face value, where the other discounts it.
"""

from common import arguments, pooled, said

import basin

FILE, STEM, QUICK = arguments(__file__, __doc__)


def share(deceived: float, **where: float) -> tuple[float, float, float]:
    """Over all cautions and manipulations that are not said."""
    paths = {"manipulation": "oversight.manipulation", "caution": "planning.caution"}
    at = {"belief.self_deceived": deceived} | {paths[name]: value for name, value in where.items()}
    return pooled(found, at, sweep.options["samples"])


# Run it: the same command goes on where it was stopped.
sweep = basin.sweep.read(FILE, QUICK)
report = basin.sweep.run(sweep, f"{STEM}.zarr")
found = basin.datasets.open(f"{STEM}.zarr")

# What it says.
honest, knowing, fooled = share(0, manipulation=0), share(0, manipulation=1), share(1, manipulation=1)
bold, cautious = share(0, caution=0), share(0, caution=4)
message = (
    f"Knowing manipulation takes the starts that end aligned from {honest[0]:.0%} to {knowing[0]:.0%}, fooling oneself to "
    f"{fooled[0]:.0%}; caution from {bold[0]:.0%} to {cautious[0]:.0%}"
)

# Draw it.
figure = basin.figures.sweep(found, "share", message=message)
basin.figures.export(figure, STEM, formats=("html", "json", "md"))

print(f"{report.done} of {report.points} points: {STEM}.zarr, {STEM}.html")
print(f"Of all overlaps, {said(honest)} end aligned without manipulation, {said(knowing)} with all of it, knowingly,")
print(f"and {said(fooled)} if it fools itself. Without caution: {said(bold)}; at 4 s.d.: {said(cautious)}, knowingly.")
