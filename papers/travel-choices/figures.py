"""A learner that hears what 210 travellers chose."""

import basin
from basin.writeup import figure, result, share

SCENARIO = "travel-choices"
SURE, UNSURE = 0.1, 2.0  # what it takes a random plan's utility to vary by


@result
def learned():
    """The values that fit the choices best, and where learners end that start from very different beliefs."""
    found = basin.learn("travel-mode")
    rows = zip(found.features, found.maximum_likelihood, found.standard_errors, found.learned, strict=True)
    numbers = {name: {"fit": fit, "error": error, "learned": ends} for name, fit, error, ends in rows}
    worst = max(start.distance for start in found.starts)
    return numbers | {
        "choices": found.choices, "draws": found.draws, "starts": len(found.starts),
        "distance": found.distance, "worst": worst, "likelihood": found.log_likelihood,
    }  # fmt: skip


@result
def field(quick):
    return basin.map(SCENARIO, n=12 if quick else 48, runs=2 if quick else 8)


@result
def sides(quick):
    """The share that ends aligned of agents that know nearly the opposite at first, sure of it or not, soon and late."""
    found = {}
    for name, spread in {"sure": SURE, "unsure": UNSURE}.items():
        for when, horizon in {"soon": 500, "late": 4000}.items():
            scenario = basin.load(SCENARIO).with_({"belief.spread": spread, "outcome.horizon": horizon})
            ends = basin.stability(scenario, axes=[("belief.knowledge", -1, -0.8)], samples=256 if quick else 4096)
            for outcome in ("aligned", "misled"):
                found |= share(ends.sel(outcome=outcome), f"{name}_{when}_{outcome}")
    return found


@figure
def basin_map(field):
    fig = basin.figures.map(field, "aligned")
    fig.layout.height = 320  # so that the text is a page
    return fig
