"""What a sweep's file says, and what is said of one that cannot be used."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import basin
from basin import sweep

HEAD = 'scenario = "value-learner"\n'


def test_every_part_of_a_file():
    read = sweep.parse("""
        title = "All"
        question = "What is there?"
        scenarios = ["value-learner", "near-aligned-llm"]
        objections = ["none", "fast-takeoff+motives-erode"]
        runs = 5
        replicates = 2
        seed = 7
        budget = 60
        [set]
        outcome.horizon = 50
        [axes]
        "capability.growth" = { lo = 0.001, hi = 1, n = 4, log = true }
        "reflection.rule" = ["endorsement", "logit"]
        "planning.candidates" = { lo = 1, hi = 3, n = 3 }
        together = { "reflection.strength" = [0.1, 0.2], "training.strength" = [0.0, 0.5] }
        [sobol]
        n = 8
        "belief.knowledge" = { lo = 0, hi = 1 }
        "belief.spread" = { lo = 0.1, hi = 10, log = true }
        [quick]
        n = 2
        runs = 1
    """)
    named = {one.name: len(one) for one in read.dimensions}
    assert named == {
        "scenario": 2, "objection": 2, "capability.growth": 4, "reflection.rule": 2, "planning.candidates": 3, "together": 2,
        "sample": 8, "replicate": 2,
    }  # fmt: skip
    growth, candidates = (one for one in read.dimensions if one.name in ("capability.growth", "planning.candidates"))
    assert np.allclose(growth.settings["capability.growth"], np.geomspace(0.001, 1, 4))
    assert growth.about["capability.growth"] == {
        "units": "per episode", "long_name": growth.about["capability.growth"]["long_name"], "scale": "log",
    }  # fmt: skip
    assert candidates.settings["planning.candidates"] == (1, 2, 3)
    last = read.settings(read.points - 1)
    assert (last["together"] if "together" in last else last["reflection.strength"], last["training.strength"]) == (0.2, 0.5)
    (part,) = read.parts([read.points - 1])
    ((_, scenario, _),) = part.each()
    assert scenario.name == "near-aligned-llm" and scenario.outcome.horizon == 50 and scenario.reflection.rule == "logit"
    assert scenario.capability.growth == 1.0 and scenario.motives.erosion > 0
    assert (read.runs, read.seed, read.budget, read.title) == (5, 7, 60, "All")


def test_the_trial_size_is_smaller_and_another_sweep():
    text = (
        HEAD
        + """
        runs = 10
        [axes]
        "motives.care" = { lo = 0, hi = 1, n = 9 }
        "values.features" = [2, 4, 8, 16, 32]
        [sobol]
        n = 64
        "belief.knowledge" = { lo = 0, hi = 1 }
        [quick]
        n = 3
        runs = 2
        [quick.set]
        outcome.horizon = 20
    """
    )
    whole, trial = sweep.parse(text), sweep.parse(text, quick=True)
    assert (whole.shape, trial.shape) == ((9, 5, 64), (3, 3, 8))
    assert trial.dimensions[1].settings["values.features"] == (2, 8, 32) and trial.runs == 2
    assert trial.changes == {"outcome.horizon": 20} and whole.hash != trial.hash


def test_paths_need_no_quotation_marks():
    quoted = HEAD + '[axes]\n"motives.care" = { lo = 0, hi = 1, n = 3 }\n"belief.spread" = [1.0, 2.0]\n'
    assert sweep.parse(quoted.replace('"motives.care"', "motives.care").replace('"belief.spread"', "belief.spread")).hash == (
        sweep.parse(quoted).hash
    )
    evenly = HEAD + '[sobol]\nn = 4\n"motives.care" = { lo = 0, hi = 1 }\n'
    assert sweep.parse(evenly.replace('"motives.care"', "motives.care")).hash == sweep.parse(evenly).hash


def test_a_trial_changes_only_what_it_names():
    text = HEAD + "replicates = 2\n[set]\noutcome.horizon = 50\n[quick.set]\noutcome.dwell = 5\n"
    assert sweep.parse(text, quick=True).changes == {"outcome.horizon": 50, "outcome.dwell": 5}


BAD = {
    "nothing": ("", "give one scenario"),
    "no TOML": ("= 3", "is not TOML"),
    "no axes": (HEAD, "give [axes], [sobol], objections, scenarios or replicates"),
    "a word that is none": (HEAD + "axis = 3", "axis: unknown; did you mean axes?"),
    "no such scenario": ('scenario = "valu-learner"\nreplicates = 2', "did you mean value-learner?"),
    "both": (HEAD + 'scenarios = ["value-learner"]', "give one scenario"),
    "a list of none": ("scenarios = []", "give names or TOML files, each once"),
    "no such path": (HEAD + '[axes]\n"motives.car" = [0.1]', "motives.care"),
    "no such objection": (HEAD + 'objections = ["none", "motives-erod"]', "did you mean motives-erode?"),
    "beyond the bounds": (HEAD + '[axes]\n"motives.care" = { lo = 0, hi = 2 }', "motives.care = 2.0: must be between 0 and 1"),
    "beyond the bounds in a list": (HEAD + '[axes]\n"motives.care" = [0.5, 0.1, 7.5]', "motives.care = 7.5: must be between"),
    "no end": (HEAD + '[axes]\n"motives.care" = { lo = 0 }', "hi is missing"),
    "ends that are none": (HEAD + '[axes]\n"motives.care" = { lo = 1, hi = 0 }', "runs from a lower to a higher number"),
    "one point": (HEAD + '[axes]\n"motives.care" = { lo = 0, hi = 1, n = 1 }', "n = 1: must be a whole number from 2"),
    "a logarithm of zero": (HEAD + '[axes]\n"motives.care" = { lo = 0, hi = 1, log = true }', "starts above 0"),
    "twice": (HEAD + '[axes]\n"motives.care" = [0.1, 0.1]', "each value once"),
    "an empty list": (HEAD + '[axes]\n"motives.care" = []', "one or more values"),
    "no list": (HEAD + '[axes]\n"motives.care" = 0.1', "give a list of values"),
    "words on a number": (HEAD + '[axes]\n"motives.care" = ["much"]', "must be a number between 0 and 1"),
    "lists of other lengths": (
        HEAD + '[axes]\nx = { "motives.care" = [0.1, 0.2], "belief.spread" = [1.0] }', "as many values each",
    ),
    "no runs": (HEAD + "runs = 0\nreplicates = 2", "runs = 0: must be a whole number from 1"),
    "runs that are no number": (HEAD + 'runs = "many"\nreplicates = 2', "must be a whole number"),
    "no such measure": (HEAD + 'compute = "boundry"\nreplicates = 2', "did you mean boundary?"),
    "no such option": (HEAD + 'compute = "size"\nreplicates = 2\n[options]\nsample = 3', "did you mean samples?"),
    "an option that is needed": (HEAD + 'compute = "continuation"\nreplicates = 2', "options.along: continuation needs it"),
    "options of run": (HEAD + "replicates = 2\n[options]\nsamples = 3", "takes no options"),
    "runs where none are taken": (HEAD + 'compute = "size"\nruns = 3\nreplicates = 2', "size does not take it"),
    "too many": (HEAD + "".join(
        f"{'[axes]' if not at else ''}\n\"{path}\" = {{ lo = 0.1, hi = 0.9, n = 9999 }}"
        for at, path in enumerate(("motives.care", "belief.knowledge", "belief.spread"))), "points are more than"),
    "a budget of nothing": (HEAD + "replicates = 2\nbudget = 0", "budget = 0: must be above 0"),
    "another format": (HEAD + "replicates = 2\nformat = 2", "this version reads format 1"),
    "samples that are no power": (HEAD + '[sobol]\nn = 7\n"motives.care" = { lo = 0, hi = 1 }', "power of two"),
    "no ranges": (HEAD + "[sobol]\nn = 8", "give ranges"),
    "set twice": (
        HEAD + '[axes]\n"motives.care" = [0.1, 0.2]\n[sobol]\nn = 4\n"motives.care" = { lo = 0, hi = 1 }', "two axes set it",
    ),
    "two of a name": (HEAD + 'replicates = 2\n[axes]\nreplicate = { "motives.care" = [0.1, 0.2] }', "two dimensions"),
    "a name that is none": (HEAD + '[axes]\n"a/b" = { "motives.care" = [0.1, 0.2] }', "is called by a name of letters"),
    "a date": (HEAD + 'compute = "size"\nreplicates = 2\n[options]\nsamples = 1979-05-27', "options: must be numbers"),
    "a seed that is none": (HEAD + "replicates = 2\nseed = -1", "seed = -1"),
    "no seed for points": (HEAD + 'seed = -1\n[sobol]\nn = 4\n"motives.care" = { lo = 0, hi = 1 }', "seed = -1"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_one_line(name):
    text, said = BAD[name]
    with pytest.raises(ValueError) as error:
        sweep.parse(text)
    assert type(error.value).__module__.startswith("basin.")
    assert said in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "said"), [("nowhere.toml", "no such file"), (".", "is a directory"), ("bytes", "not a text file")]
)
def test_files_that_cannot_be_read(tmp_path, name, said):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(sweep.SweepError, match=said):
        sweep.read(tmp_path / name)


def test_a_scenario_beside_the_file(tmp_path):
    from basin.scenario import save

    save(basin.load("value-learner").with_({"motives.care": 0.123}), tmp_path / "mine.toml")
    (tmp_path / "sweep.toml").write_text('scenario = "mine.toml"\nreplicates = 2')
    (scenario,) = sweep.read(tmp_path / "sweep.toml").scenarios.values()
    assert scenario.motives.care == 0.123


tables = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3000)
    | st.floats(allow_nan=True)
    | st.sampled_from(["none", "run", "size", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["lo", "hi", "n", "log", "motives.care", "runs"]), inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = ["format", "title", "objections", "compute", "runs", "replicates", "seed", "budget", "keep", "set", "axes", "sobol",
        "options", "quick"]  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(KEYS), tables, max_size=3))
def test_any_file_is_a_sweep_or_refused_in_one_line(data):
    import tomli_w

    def without_none(value):
        if isinstance(value, dict):
            return {key: without_none(inner) for key, inner in value.items() if inner is not None}
        return [without_none(inner) for inner in value if inner is not None] if isinstance(value, list) else value

    text = tomli_w.dumps(without_none({"scenario": "value-learner", **data}))
    for quick in (False, True):
        try:
            assert sweep.parse(text, quick).points >= 1
        except ValueError as error:
            assert type(error).__module__.startswith("basin."), error
            assert "\n" not in str(error)
