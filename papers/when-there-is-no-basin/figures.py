"""Ways to lose the basin: each closed form beside the simulation, and what each objection leaves."""

import numpy as np
from scipy.special import betaincc

import basin
from basin import theory
from basin.figures.theme import INK, QUIET, SMALL, TEXT
from basin.figures.words import percent
from basin.writeup import figure, result, share

LEARNER, LLM = "value-learner", "near-aligned-llm"
SHORT, LONG = 1000, 10_000  # episodes
LOW, HIGH = 0.02, 0.98  # of care, over which starts are drawn
REFLECTION, CARES = 0.1, 0.95  # both scenarios' reflection.strength; 1 - outcome.cares
CARE, KNOWLEDGE = [("motives.care", LOW, HIGH)], [("belief.knowledge", 0.0, 1.0)]
AWAY = [("motives.self_interest.overlap", -1.0, 0.0), ("belief.knowledge", 0.0, 1.0)]

# Nothing but reflection moves motives, and values are known: what the closed form of two motives takes for granted.
REFLECTS = {"training.strength": 0.0, "belief.knowledge": 1.0, "belief.spread": 0.0}
HALFWAY = REFLECTS | {"motives.self_interest.overlap": 0.5}
# One feature, a belief that is wrong, care alone, and nothing learnt but from answers to what it asks.
ASKS = {"evidence.comparisons": 0.0, "oversight.audit": 0.0}
ONE = ASKS | {
    "values.features": 1, "motives.care": 1.0, "planning.candidates": 1, "gate.resist_cost": 0.0, "reflection.rule": "none",
    "training.strength": 0.0,
}  # fmt: skip
WRONG = [("belief.knowledge", -1.0, -0.5)]  # in one dimension all of these are -1
CARING = {"motives.care": 0.98}


def _share(scenario, changes, axes, samples, outcome="aligned"):
    """The share of starts that ends so, with its interval."""
    scenario = basin.load(scenario) if isinstance(scenario, str) else scenario
    found = basin.stability(scenario.with_(changes), axes, samples=samples).sel(outcome=outcome)
    return share(found)


def _window(care):
    """The part of the window of care above this share."""
    return float(np.clip((HIGH - care) / (HIGH - LOW), 0, 1))


def _drawn(found, line, words):
    """The bands of a continuation, where aligned passes one half, and a line for what theory says."""
    fig = basin.figures.continuation(found.isel(tip=np.flatnonzero(found["level"].values == 0.5)))
    x, y = line
    fig.add_scatter(x=x, y=y, mode="lines", line={"color": INK, "width": 3}, name="theory", hoverinfo="skip")
    fig.layout.height = 360
    fig.layout.meta = fig.layout.meta | {
        "caption": f"{fig.layout.meta['caption']} Thick line: {words}.",
        "alt": f"{fig.layout.meta['alt']} A thick line: {words}.",
    }
    return fig


@result
def by_guarding(quick):
    """An interest that points halfway to human values, the more strongly it guards itself."""
    return basin.continuation(
        basin.load(LLM).with_(HALFWAY), ("motives.self_interest.guarding", 0.02, 0.4, "log"), axes=CARE,
        n=7 if quick else 25, samples=150 if quick else 2000,
    )  # fmt: skip


@result
def motives(quick):
    """What becomes of the basin where motives do not move, or guard themselves."""
    few = 500 if quick else 8192
    enough = float(theory.sufficient_overlap(REFLECTION, 0.05))
    found = {"all": REFLECTION * 0.5, "none": REFLECTION / 0.5, "sufficient": enough, "agreeing": (1 - enough) / 2}
    for name, guarding in {"inside": 0.16, "outside": 0.21}.items():
        found[name] = {"theory": _window(float(theory.separatrix(REFLECTION, guarding, 0.5)))}
        found[name] |= _share(LLM, HALFWAY | {"motives.self_interest.guarding": guarding}, CARE, few)
    still = {"reflection.rule": "none", "training.strength": 0.0}
    found["still"] = {"theory": _window(CARES)} | _share(LLM, still, CARE, few)
    alike = {"motives.self_interest.guarding": REFLECTION}
    found["alike"] = _share(LLM, HALFWAY | alike, CARE, few)
    uncaring = {"motives.care": 0.01}
    found["uncaring"] = _share(LEARNER, uncaring, AWAY, few)
    found["logit"] = _share(LEARNER, uncaring | {"reflection.rule": "logit"}, AWAY, few)
    return found


@result
def asking(quick):
    """At the critical spread, a tenth below and above it, with more time, and in eight features."""
    few = 500 if quick else 8192
    found = {}
    for name, episodes in {"soon": SHORT, "late": 4 * SHORT}.items():
        spread = float(theory.critical_variance(0.5, episodes)) ** 0.5
        found[name] = {"spread": spread}
        for state, unsure in {"sure": 0.1, "unsure": 1.0}.items():
            changes = ASKS | {"belief.spread": unsure, "outcome.horizon": episodes}
            found[name][state] = _share(LEARNER, changes, [("belief.knowledge", -1.0, 1.0)], few)
    for side, part in {"below": 0.9, "at": 1.0, "above": 1.1}.items():
        sure = part * found["soon"]["spread"]
        found[side] = {"theory": float(theory.ever_asks(sure, 0.5, SHORT))}
        found[side] |= _share(LEARNER, ONE | {"belief.spread": sure}, WRONG, few)
    return found


@result
def by_bias(quick):
    """An agent that cares, the more biased what people show."""
    return basin.continuation(
        basin.load(LEARNER).with_(CARING), ("humans.bias", 0.0, 0.6), axes=KNOWLEDGE,
        n=7 if quick else 25, samples=150 if quick else 2000,
    )  # fmt: skip


@result
def bias(quick):
    """On either side of the edge, soon and late, and what an agent has to allow for."""
    few = 500 if quick else 8192
    edge = float(theory.preventing_bias(0.05))
    found = {"edge": edge, "aware": 1 - edge / 0.5}
    for name, size in {"below": 0.3, "above": 0.36}.items():
        found[name] = {}
        for when, episodes, samples in (("soon", SHORT, few), ("late", LONG, few // 4)):
            changes = CARING | {"humans.bias": size, "outcome.horizon": episodes}
            found[name][when] = _share(LEARNER, changes, KNOWLEDGE, samples)
    for name, awareness in {"unaware": 0.0, "half_aware": 0.5, "mostly_aware": 0.8}.items():
        found[name] = _share(LEARNER, CARING | {"humans.bias": 0.5, "belief.awareness": awareness}, KNOWLEDGE, few)
    return found


@result
def blind(quick):
    """Some of eight features hidden. What of values is visible has a squared length with a beta law, for random values."""
    found = {}
    for name, hidden in {"one": 1, "two": 2, "four": 4}.items():
        changes = CARING | {"belief.blind": hidden / 8, "outcome.horizon": LONG}
        found[name] = {"theory": float(betaincc((8 - hidden) / 2, hidden / 2, CARES**2)), "cosine": (1 - hidden / 8) ** 0.5}
        found[name] |= _share(LEARNER, changes, KNOWLEDGE, 300 if quick else 1536)
    return found


def _rests(erosion, guarding=0.05):
    """The shares of care at which reflection and erosion balance, the unstable and the stable one; an indifferent interest."""
    care = np.linspace(1e-4, 1 - 1e-4, 200_001)
    length = np.hypot(care, 1 - care)
    odds = care / (1 - care) * np.exp((REFLECTION * care - guarding * (1 - care)) / length)
    grows = care[(1 - erosion) * odds / (1 + odds) >= care]
    return float(grows[0]), float(grows[-1])


@result
def erosion(quick):
    """Where motives leak, on either side of the rate at which care cannot be held at 95%."""
    few = 500 if quick else 8192
    force = (REFLECTION * CARES - 0.05 * (1 - CARES)) / np.hypot(CARES, 1 - CARES)
    odds = CARES / (1 - CARES) * np.exp(force)
    found = {"edge": float(1 - CARES * (1 + odds) / odds)}
    for name, rate in {"below": 0.0044, "above": 0.005}.items():
        changes = REFLECTS | {"motives.self_interest.overlap": 0.0, "motives.erosion": rate}
        low, high = _rests(rate)
        found[name] = {"care": high, "theory": _window(low) if high >= CARES else 0.0} | _share(LLM, changes, CARE, few)
        found[name]["allied"] = _share(LLM, changes, CARE, few, "allied")
    return found


@result
def search(quick):
    """Eight plans or 512, in eight features and in 32."""
    return {
        f"d{d}": {f"n{n}": _share(LEARNER, {"values.features": d, "planning.candidates": n}, None, 400 if quick else 4096)
                  for n in (8, 512)}
        for d in (8, 32)
    }  # fmt: skip


@result
def criticised(quick):
    return basin.objections(LLM, samples=400 if quick else 4096)


@result
def under(criticised):
    """What each objection leaves, and how many lose, change nothing that chance does not explain, and gain."""
    about = criticised.attrs
    found = {"base": {"share": about["base_share"], "share_low": about["base_low"], "share_high": about["base_high"]}}
    low, high = criticised["together_low"].values, criticised["together_high"].values
    found |= {"all": len(low), "lost": int((high < 0).sum()), "gained": int((low > 0).sum())}
    found["even"] = found["all"] - found["lost"] - found["gained"]
    for name in criticised["objection"].values.tolist():
        one = criticised.sel(objection=name)
        found[name.replace("-", "_")] = {
            **share(one),
            **{f"points{end}": 100 * float(one[f"difference{end}"]) for end in ("", "_low", "_high")},
        }  # fmt: skip
    return found


@result
def apart(quick):
    """Objections as they are rendered, taken apart or put together."""
    few = 500 if quick else 8192
    flatterer = basin.load(LLM).objected("sycophancy")
    return {
        "cosine": float(1 / np.hypot(1, 0.3 * 0.8)),
        "bias_alone": _share(LLM, {"humans.bias": 0.3, "belief.awareness": 0.8}, None, few),
        "unaware": _share(flatterer, {"humans.bias": 0.5, "belief.awareness": 0.0}, None, few),
        "no_reflection": _share(flatterer, {"reflection.strength": 0.0}, None, few),
        "sure_and_unasked": _share(basin.load(LLM).objected("fully-updated-deference", "overconfident-prior"), {}, None, few),
        "moved": _share(basin.load(LLM).objected("values-influenced"), {"outcome.score_target": "initial"}, None, few),
    }


@figure
def guarding(by_guarding):
    strength = np.geomspace(0.02, 0.4, 400)
    aligned = [_window(float(edge)) for edge in theory.separatrix(REFLECTION, strength, 0.5)]
    return _drawn(by_guarding, (strength, aligned), "the aligned share by theory")


@figure
def biased(by_bias):
    edge = float(theory.preventing_bias(0.05))
    return _drawn(by_bias, ([edge, edge], [0, 1]), "the edge by theory, given endless evidence")


@figure
def objections(criticised):
    """One line for each: its name, its interval, what it leaves."""
    fig = basin.figures.objections(criticised)
    fig.layout.annotations = [note for note in fig.layout.annotations if note.xref != "paper" or note.yref == "paper"]
    heights = [trace.y[0] for trace in fig.data if trace.mode == "markers"]
    told = zip(heights, criticised["title"].values.tolist(), criticised["share"].values.tolist(), strict=True)
    for height, title, left in told:
        for x, side, text, size, colour in (
            (0, "left", title, TEXT, INK), (1, "right", f"leaves {percent(left)}", SMALL, QUIET)
        ):  # fmt: skip
            fig.add_annotation(
                x=x, xref="paper", xanchor=side, y=height, yanchor="middle", text=text, showarrow=False,
                font={"size": size, "color": colour},
            )  # fmt: skip
    fig.update_xaxes(domain=[0.46, 0.87])
    fig.layout.height = 660
    return fig
