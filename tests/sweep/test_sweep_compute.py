"""Points of a sweep are what the Python interface says of each alone."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin import sweep
from basin.analysis import wilson
from basin.sweep.compute import compute, measures
from tests.sweep.small import small

HEAD = 'scenario = "near-aligned-llm"\nruns = 6\n[set]\noutcome.horizon = 60\nvalues.features = 3\n'


FREE = HEAD.replace("values.features = 3\n", "")


def variables(asked, points=None):
    found = compute(asked, range(asked.points) if points is None else points)
    return {name: values for name, (_, values, _) in found.items()}


def test_the_first_point_is_what_run_says():
    asked = small()
    (part,) = asked.parts([0])
    ((_, scenario, seed),) = part.each()
    assert seed == 0
    runs = basin.run(scenario, runs=4, seed=0)
    found = variables(asked, [0])
    assert found["aligned"][0] == (runs["label"] == 1).mean()
    assert (found["aligned_low"][0], found["aligned_high"][0]) == tuple(wilson(int((runs["label"] == 1).sum()), 4))
    for name in ("harm", "welfare", "asked"):
        assert found[name][0] == pytest.approx(float(runs[name].mean()), rel=1e-15)
        assert found[f"{name}_low"][0] <= found[name][0] <= found[f"{name}_high"][0]
    for name in ("knows", "behaves"):
        assert found[name][0] == (runs[name] >= 1 - scenario.outcome.behaves - 1e-12).mean()
    assert found["cares"][0] == (runs["cares"] >= 1 - scenario.outcome.cares - 1e-12).mean()
    assert found["count"][0].sum() == 4


def test_points_are_the_cells_of_a_map():
    asked = sweep.parse(
        HEAD
        + """
        [axes]
        "motives.care" = { lo = 0.02, hi = 0.98, n = 5 }
        "belief.knowledge" = { lo = 0, hi = 0.9, n = 4 }
    """
    )
    scenario = basin.load("near-aligned-llm").with_({"outcome.horizon": 60, "values.features": 3, "outcome.exit": "none"})
    field = basin.map(scenario, ("belief.knowledge", 0, 0.9), ("motives.care", 0.02, 0.98), n=5, runs=6)
    whole = sweep.parse(
        HEAD.replace("[set]", '[set]\noutcome.exit = "none"')
        + """
        [axes]
        "motives.care" = { lo = 0.02, hi = 0.98, n = 5 }
        "belief.knowledge" = { lo = 0, hi = 0.9, n = 5 }
    """
    )
    assert (variables(whole)["count"].reshape(5, 5, -1) == field["count"].values).all()
    # any points, in any order, alone or together, are the same points
    order = np.random.default_rng(0).permutation(asked.points)
    together = variables(asked)
    for name, values in variables(asked, order).items():
        assert np.array_equal(values, together[name][order], equal_nan=True)
    for name, values in variables(asked, [7]).items():
        assert np.array_equal(values[0], together[name][7], equal_nan=True)


def test_scenarios_objections_and_words_share_their_chances():
    asked = sweep.parse(
        HEAD.replace('"near-aligned-llm"', '"near-aligned-llm"\nobjections = ["none", "resisting-is-free"]')
        + """
        [axes]
        "outcome.exit" = ["certified", "none"]
        "motives.care" = [0.3, 0.9]
    """
    )
    count = variables(asked)["count"].reshape(2, 2, 2, -1)
    assert (count[:, 0] == count[:, 1]).all()  # an exit changes nothing, run by run
    numbers = [part.numbers.tolist() for part in asked.parts(range(asked.points))]
    assert numbers == [[0, 1]] * 4


def test_replicates_differ():
    asked = sweep.parse(HEAD.replace("runs = 6", "runs = 6\nreplicates = 3") + '[axes]\n"motives.care" = [0.45, 0.5, 0.55]\n')
    seeds = {part.seed for part in asked.parts(range(asked.points))}
    assert len(seeds) == 3 and 0 in seeds
    assert len({tuple(row) for row in variables(asked)["welfare"].reshape(3, 3).T.tolist()}) == 3


def test_numbers_of_value_features_and_of_agents():
    asked = sweep.parse(FREE + '[axes]\n"values.features" = [2, 4]\n"population.agents" = [1, 2]\n')
    found = variables(asked)
    assert np.isfinite(found["harm"]).all() and (found["count"].sum(axis=1) == 6).all()
    alone = sweep.parse(FREE + '[axes]\n"values.features" = [2, 4]\n')
    assert variables(alone)["count"].sum() == 12


def test_the_skeleton():
    asked = sweep.parse(
        "expected = true\n" + HEAD.replace("runs = 6\n", "").replace("= 3", "= 6") + '[axes]\n"motives.care" = [0.1, 0.9]\n'
    )
    found = variables(asked)
    assert (found["aligned_low"] == found["aligned"]).all() and set(found["aligned"]) <= {0.0, 1.0}


def test_a_measure_of_the_python_interface():
    asked = sweep.parse("""
        scenario = "value-learner"
        compute = "size"
        [set]
        outcome.horizon = 40
        [axes]
        "belief.spread" = [0.2, 1.0]
        "options.samples" = [32, 64]
    """)
    found = variables(asked)
    assert set(found) == {"bits", "low", "high", "share", "share_low", "share_high"} and found["bits"].shape == (4,)
    (part, _) = asked.parts(range(asked.points))
    for place, scenario, seed in part.each():
        alone = basin.size(scenario, samples=32, seed=seed)
        assert float(alone["bits"][0]) == found["bits"][place]


def test_what_is_kept():
    head = 'scenario = "value-learner"\ncompute = "map"\nruns = 1\nreplicates = 2\n'
    tail = "[set]\noutcome.horizon = 20\n[options]\nn = 3\n"
    assert variables(sweep.parse(head + tail))["count"].shape == (2, 3, 3, 6)
    assert set(variables(sweep.parse(head + 'keep = ["resolved", "time"]\n' + tail))) == {"resolved", "time"}
    with pytest.raises(sweep.SweepError, match="keep: map finds no reslved; did you mean resolved"):
        variables(sweep.parse(head + 'keep = ["reslved"]\n' + tail))
    with pytest.raises(sweep.SweepError, match="count is of another size at each point"):
        variables(sweep.parse(head.replace("replicates = 2\n", "") + '[axes]\n"options.n" = [3, 4]\n' + tail))


SMALL = {
    "map": "n = 3",
    "boundary": "resolution = 8\naudit = 32",
    "size": "samples = 32",
    "critical": "populations = 2",
    "start_cloud": "samples = 32\nn = 3",
    "stability": "samples = 32",
    "tipping": 'samples = 32\nto = { "humans.noise" = 2.0 }',
}


@pytest.mark.parametrize("measure", SMALL)
def test_what_a_measure_keeps_unless_told_is_there(measure):
    named = {"critical": "critical-mass", "start_cloud": "alignment-pretraining"}.get(measure, "near-aligned-llm")
    asked = sweep.parse(f"""
        scenario = "{named}"
        compute = "{measure}"
        [set]
        outcome.horizon = 30
        {"population.agents = 10" if measure == "critical" else "values.features = 4"}
        [axes]
        "belief.spread" = [0.5, 1.0]
        [options]
        {SMALL[measure]}
    """)
    found = variables(asked, [0])
    assert found and all(values.shape[0] == 1 for values in found.values())


def test_measures_are_there():
    assert {"run", "map", "boundary", "size", "critical", "start_cloud", "information"} <= set(measures())
    assert all(callable(getattr(basin, name)) for name in measures())
