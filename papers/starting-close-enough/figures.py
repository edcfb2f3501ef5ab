"""From a corpus to starts and from starts to ends: what published measurements of corpora settle, and what they leave open."""

import tempfile
from pathlib import Path

import basin
from basin.analysis import wilson
from basin.corpus import (
    ALIGNED,
    MISALIGNED,
    PERSONAS,
    SPREAD,
    Mix,
    Persona,
    alignment_pretraining,
    fit,
    fitted,
    implied_weight,
    predictions,
)
from basin.labels import OUTCOMES
from basin.writeup import figure, result

LLM = "near-aligned-llm"
DOSE = {"corpus.ai_good": alignment_pretraining()["synthetic_share"]}
GUARDING = "motives.self_interest.guarding"
ENDS = ("", "_low", "_high")
CLOUD = 370  # px: two of them stand near each other


@result
def shares():
    """Every published share beside the rule's, by name, and how many predictions hold."""
    mix = Mix()
    rows = fitted(mix) + predictions(mix)
    found = {row.name: {"published": row.published, "model": row.model} for row in rows}
    beyond = [row for row in rows if row.role == "prediction"]
    lock = mix.with_(tags=1.0).lock
    before = found["unfiltered"]["published"] / found["alignment_upsampled"]["published"]
    return found | {"predictions": len(beyond), "hits": sum(row.holds for row in beyond), "lock": lock, "cut": before}


@result
def rule():
    """The rule's numbers; what the ladder would need; and what the four shares leave open within the rule itself."""
    mix, dose = Mix(), alignment_pretraining()["synthetic_share"]
    ladder = {name: implied_weight(row.published, mix) for name, row in _ladder(mix).items()}
    free = {}
    for name, talk in (("none", 0.0), ("usual", 0.05), ("half", 0.5)):
        told = fit(talk)
        refitted = mix.with_(talk_good=talk, relevance=told.relevance, relevance_bad=told.relevance_bad)
        free[name] = refitted.with_(filtered=1.0, ai_good=dose).misaligned
    tenth = mix.with_(ai_good=dose / 10).misaligned
    numbers = {"asymmetry": fit().asymmetry, "relevance": mix.relevance, "dose": mix.relevance * dose, "spread": SPREAD}
    return numbers | {"ladder": ladder, "free": free, "tenth": tenth}


def _ladder(mix):
    return {row.name.removeprefix("ladder_plus_"): row for row in predictions(mix) if row.name.startswith("ladder_plus_")}


@result
def ordinary(quick):
    return _cloud({}, 1024 if quick else 8192, n=24 if quick else 48)


@result
def good(quick):
    return _cloud(DOSE, 1024 if quick else 8192, n=24 if quick else 48)


def _cloud(changes, samples, n=2, **options):
    return basin.start_cloud(basin.load(LLM).with_(changes), samples=samples, n=n, **options)


@result
def ends(ordinary, good):
    """What follows from either corpus, and what the same starts do under both."""
    same = float((ordinary["label"] == good["label"]).mean())
    return {"ordinary": _numbers(ordinary), "good": _numbers(good), "same": same}


def _numbers(cloud):
    """Around either character, and after each of the four published corpora, the share that ends aligned."""
    found = {}
    for name, kept in ((ALIGNED, ALIGNED), (MISALIGNED, "misaligned_ends")):
        one = cloud.sel(persona=name)
        found |= {f"{kept}{end}": float(one[f"ends{end or '_aligned'}"]) for end in ENDS}
    for name in cloud["mix"].values.tolist():
        one = cloud.sel(mix=name)
        found |= {f"{name}{end}": float(one[f"mix{end or '_aligned'}"]) for end in ENDS}
    return found | {f"total{end}": float(cloud.attrs[f"aligned{end}"]) for end in ENDS}


@result
def locks(quick):
    """Two characters that can replace each other, as often as the corpus gives them: with labels that lock, and without."""
    published = alignment_pretraining()["misaligned"]
    corpora = {"ordinary": (published["unfiltered"], {}), "good": (published["alignment_upsampled"], DOSE)}
    found = {}
    for corpus, (bad, dose) in corpora.items():
        cast = [
            {"name": ALIGNED, "weight": 1 - bad, "care": PERSONAS[ALIGNED].care, "self_interest": 1 - PERSONAS[ALIGNED].care},
            {"name": MISALIGNED, "weight": bad, "care": PERSONAS[MISALIGNED].care, "self_interest": 0.9},
        ]
        for often, switch in (("once", 0.001), ("often", 0.01)):
            for state, tags in (("open", 0.0), ("shut", 0.9)):
                changes = {**dose, "personas.switch": switch, "personas.cast": cast, "corpus.tags": tags}
                cloud = _cloud(changes, 512 if quick else 8192)
                found |= {
                    f"{corpus}_{often}_{state}": _numbers(cloud),
                    "lock": max(found.get("lock", 0.0), cloud.attrs["lock"]),
                }
    return found


@result
def stories(quick):
    """Three scenarios made from the essays, as they are written and without their labels."""
    found = {}
    for name, scenario in (
        ("pretraining", "alignment-pretraining"),
        ("safety", "safety-pretraining"),
        ("bitter", "bitter-lesson"),
    ):
        for state, changes in (("", {}), ("_open", {"corpus.tags": 0.0})):
            if name == "pretraining" and state:
                continue  # it has none
            runs = basin.run(basin.load(scenario).with_(changes), runs=512 if quick else 8192)
            aligned = int((runs["label"] == OUTCOMES["aligned"]).sum())
            low, high = wilson(aligned, runs.sizes["run"])
            found |= {f"{name}{state}": aligned / runs.sizes["run"]}
            found |= {f"{name}{state}_low": float(low), f"{name}{state}_high": float(high)}
    return found


@result
def settings(quick):
    """The same fit, and other things that no corpus was measured for."""
    samples = 512 if quick else 4096
    found = {}
    for name, spread in (("still", 0.0), ("wider", 2.0)):
        found[name] = _numbers(_cloud({}, samples, spread=spread))
    for name, guarding in (("unguarded", 0.0), ("guarded", 0.1), ("fierce", 0.15)):
        found[name] = _numbers(_cloud({GUARDING: guarding}, samples))
    found["mistaken"] = _numbers(_cloud({"belief.knowledge": -0.5}, samples))
    found["friendly"] = _numbers(_cloud({}, samples, personas=_with(MISALIGNED, overlap=0.3)))
    found["logit"] = _numbers(_cloud({"reflection.rule": "logit"}, samples))
    found["unargued"] = _numbers(_cloud({"requirements.information": 0.0}, samples))
    return found


def _with(name, **changes):
    return {**PERSONAS, name: PERSONAS[name].with_(**changes)}


@result
def blends(quick):
    """The published shares read in another way: not so many of two characters, but every agent so much of both."""
    samples, found = 512 if quick else 4096, {}
    for name in ("unfiltered", "alignment_upsampled"):
        bad = alignment_pretraining()["misaligned"][name]
        both = [PERSONAS[ALIGNED], PERSONAS[MISALIGNED]]
        care, overlap = ((1 - bad) * getattr(both[0], field) + bad * getattr(both[1], field) for field in ("care", "overlap"))
        for guarded, changes in (("", {}), ("_guarded", {GUARDING: 0.1})):
            middle = {one: Persona(one, care, overlap) for one in (ALIGNED, MISALIGNED)}
            cloud = _numbers(_cloud(changes, samples, personas=middle))
            found |= {f"{name}{guarded}{end}": cloud[f"{name}{end}"] for end in ENDS} | {f"{name}_care": care}
    return found


@result
def widths(quick):
    """P(aligned) as an interest guards itself more, for two corpora and two widths of the clouds."""
    sweep = basin.sweep.parse(
        f"""
        title = "What no corpus was measured for"
        scenario = "{LLM}"
        compute = "start_cloud"
        [options]
        samples = {128 if quick else 1024}
        n = 2
        [axes]
        "corpus.ai_good" = [0.0, {DOSE["corpus.ai_good"]}]
        "options.spread" = [0.25, 1.0]
        "{GUARDING}" = {{ lo = 0, hi = 0.2, n = {9 if quick else 17} }}
        """
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "widths.zarr"
        basin.sweep.run(sweep, store, call="papers/starting-close-enough/figures.py")
        return basin.datasets.open(store).load()


@figure
def measured(ordinary):
    """Without the two rows that only set a level and repeat a number that is shown: so many rows need a tall page."""
    rows = ordinary["comparison"].values.tolist()
    kept = [
        at for at, name in enumerate(rows) if not (name.startswith("post_training") and ordinary["role"].values[at] == "set")
    ]
    return basin.figures.corpus_shares(ordinary.isel(comparison=kept)).update_layout(height=1060)


def _drawn(cloud):
    """Low, and without the corpus number by number: the text says it."""
    drawn = basin.figures.corpus(cloud)
    caption = drawn.layout.meta["caption"].split(" Corpus:")[0]
    return drawn.update_layout(height=CLOUD, meta={**drawn.layout.meta, "caption": caption})


@figure
def cloud_ordinary(ordinary):
    return _drawn(ordinary)


@figure
def cloud_good(good):
    return _drawn(good)


@figure
def guarding(widths):
    message = "Guarding costs either corpus most of its aligned ends (dashed: good documents)"
    return basin.figures.sweep(widths, "aligned", x=GUARDING, message=message).update_layout(height=365)
