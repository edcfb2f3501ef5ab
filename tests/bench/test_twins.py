"""The twins that `basin bench` compares the engine with are twins: the same bits in C, the same statistics elsewhere."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from basin.cli import bench
from basin.engine.layout import PARAMETERS, RECORD
from basin.labels import ALIGNED
from basin.scenario import load
from basin.simulate.execute import execute
from basin.simulate.tables import tabulate
from tests.bench import c_twin, jax_twin, numpy_twin, scalar_twin
from tests.bench.mechanisms import ABSENT, IDLE, numbers

needs_gcc = pytest.mark.skipif(not c_twin.available(), reason="needs gcc, to build the C twin: apt-get install gcc")
needs_jax = pytest.mark.skipif(not jax_twin.available(), reason="needs JAX: pip install jax")

# Where about half the runs end aligned, with much harm on the way: a wrong line in a twin shows.
UNDECIDED_START = {"motives.care": 0.4, "belief.knowledge": 0.3, "outcome.horizon": 400}

THREE_MOTIVES = """
name = "three-motives"
[values]
features = 5
[humans]
spread = 0.2
lapse = 0.1
[belief]
self_deceived = 0.3
[motives]
care = 0.5
honesty = 0.7
[[motives.own]]
name = "wealth"
overlap = 0.3
share = 2.0
[[motives.own]]
name = "power"
overlap = -0.2
guarding = 0.08
[gate]
ask_cost = 0.01
[oversight]
audit = 0.4
visible = 0.2
tilt = 0.1
manipulation = 0.5
[training]
on = "vetoes"
[capability]
start = 0.3
growth = 0.01
[requirements]
graph = "none"
[outcome]
horizon = 310
dwell = 25
criterion = "behaves"
"""


def tables(scenario, **changes):
    """Tables of one cell whose runs go on to the horizon."""
    (table,) = tabulate(load(scenario).with_(changes))
    return table.without_exits()


def records(table, runs, seed):
    return np.concatenate([part for _, part, _ in execute(table, runs, seed)])


def assert_same_bits(table, runs, seed):
    ours, theirs = records(table, runs, seed), c_twin.simulate(table, runs, seed)
    assert not np.isnan(theirs).any()
    for at, name in enumerate(RECORD):
        assert np.array_equal(ours[:, at].view(np.int64), theirs[:, at].view(np.int64)), name


@needs_gcc
def test_the_default_scenario_ends_with_the_same_bits_in_c():
    assert_same_bits(tables(bench.SCENARIO), 2000, seed=7)


@needs_gcc
@pytest.mark.parametrize("runs", [1, 63, 65, 300])
def test_c_agrees_whatever_the_number_of_runs(runs):
    assert_same_bits(tables("near-aligned-llm", **UNDECIDED_START), runs, seed=2**40 + 1)


@needs_gcc
def test_c_agrees_on_several_motives_an_odd_number_of_features_and_overseers_of_every_kind(tmp_path):
    (tmp_path / "three.toml").write_text(THREE_MOTIVES)
    assert_same_bits(tables(tmp_path / "three.toml"), 200, seed=3)


@needs_gcc
def test_c_agrees_where_every_cell_differs():
    cells = np.linspace(0.0, 1.0, 50)
    varied = {
        "motives.care": cells,
        "belief.spread": 2.0 * cells,
        "evidence.comparisons": cells,
        "oversight.audit": 1.0 - cells,
    }
    (table,) = tabulate(load(bench.SCENARIO).with_({"outcome.horizon": 100}), varied)
    assert_same_bits(table.without_exits(), 3, seed=4)


@pytest.mark.parametrize("name", ABSENT)
def test_twins_refuse_what_they_do_not_have(name):
    table = tables(bench.SCENARIO)
    changed = replace(table, parameters=table.parameters.copy())
    changed.parameters[:, PARAMETERS.index(name)] += 0.25
    with pytest.raises(ValueError, match=name):
        c_twin.simulate(changed, 1, seed=0)
    with pytest.raises(ValueError, match=name):
        numbers(changed)


@pytest.mark.parametrize("name", IDLE)
def test_plain_twins_refuse_what_only_c_has(name):
    table = tables(bench.SCENARIO)
    changed = replace(table, parameters=table.parameters.copy())
    changed.parameters[:, PARAMETERS.index(name)] += 0.25
    with pytest.raises(ValueError, match=name):
        numbers(changed)


def standard_score(a, b):
    return (a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))


@pytest.mark.parametrize(
    "simulate",
    [
        pytest.param(numpy_twin.simulate, id="numpy"),
        pytest.param(numpy_twin.simulate_by_law, id="law"),
        pytest.param(scalar_twin.simulate, id="scalar", marks=pytest.mark.slow),  # Numba compiles it anew
        pytest.param(jax_twin.simulate, id="jax", marks=needs_jax),
        pytest.param(jax_twin.simulate_by_law, id="jax-law", marks=needs_jax),
    ],
)
def test_plain_twins_agree_with_the_engine_in_their_statistics(simulate):
    table = tables(bench.SCENARIO, **UNDECIDED_START)
    ours = dict(zip(RECORD, records(table, 4000, seed=11).T, strict=True))
    theirs = simulate(table, 2000, seed=12)
    aligned = (ours["label"] == ALIGNED).mean()
    assert 0.3 < aligned < 0.7
    assert abs(standard_score(ours["label"] == ALIGNED, theirs["label"] == ALIGNED)) < 3.5
    for name in ("knows", "cares", "behaves", "closed", "harm", "welfare", "asked"):
        assert abs(standard_score(ours[name], theirs[name])) < 3.5, name
    settled = np.isfinite(ours["time"]), np.isfinite(theirs["time"])
    assert abs(standard_score(ours["time"][settled[0]], theirs["time"][settled[1]])) < 3.5


def test_the_quick_bench_has_every_figure_and_prints_as_json():
    heard = []
    result = bench.bench(quick=True, progress=lambda done, total: heard.append((done, total)))
    rows = {row["name"]: row for row in result["rows"]}
    assert list(rows) == ["numpy", "law", "scalar", "c", "bits", "cells", "threads", "map", "run", "memory"]
    for row in rows.values():
        assert (row["value"] is None) == (row["pass"] is None) == bool(row["note"])
        assert row["value"] is None or row["value"] > 0
    assert rows["bits"]["value"] in (100.0, None) and rows["memory"]["pass"] in (True, None)
    assert set(result["speeds"]) >= {"engine", "numpy", "law", "scalar"}
    assert heard[-1][0] == heard[-1][1] == len(heard)
    json.dumps(result, allow_nan=False)


def test_memory_is_that_of_the_process_measured_alone():
    pytest.importorskip("resource", reason="memory is measured on Linux and macOS only: run it there")
    ballast = np.ones(50_000_000)  # 400 MB in the process that asks
    run = subprocess.run([sys.executable, "-c", bench.PEAK, sys.executable, "-c", ""], capture_output=True, check=True)
    assert int(run.stdout) < ballast.nbytes / (4 if sys.platform == "darwin" else 4096)


def test_figures_that_cannot_be_measured_say_why(monkeypatch, capsys):
    monkeypatch.setattr(bench, "ROOT", bench.ROOT / "nowhere")
    speeds = {}
    rows = [*bench._twins(bench.QUICK, speeds), *bench._same_bits(bench.QUICK)]
    assert [row.value for row in rows] == [None] * 5 and set(speeds) == {"engine"}
    assert all(row.note == "needs a checkout, where tests/bench is" and row.passed is None for row in rows)
    monkeypatch.undo()
    monkeypatch.setattr(c_twin, "available", lambda: False)
    assert next(bench._same_bits(bench.QUICK)).note == "needs gcc"


def test_a_figure_passes_on_its_own_side_of_the_goal():
    assert bench.Row("a", "", 2.0, "×", 1.8).passed and not bench.Row("a", "", 1.7, "×", 1.8).passed
    assert bench.Row("a", "", 1.1, "×", 1.2, most=True).passed and not bench.Row("a", "", 1.3, "×", 1.2, most=True).passed


def test_the_figures_are_printed_with_their_goals(capsys):
    rows = [bench.Row("a", "times as fast", 12.3, "×", 10.0), bench.Row("b", "of the time", None, "×", 1.2, True, "needs gcc")]
    result = {"rows": [row.as_dict() for row in rows], "speeds": {"engine": 6.5e6}, "machine": bench.machine(), "quick": True}
    from basin.cli.output import console

    bench._say(console(), result)
    printed = capsys.readouterr().out
    assert re.search(r"ok\s+12\.3\s+×\s+≥ 10\s+times as fast", printed)
    assert "(not measured: needs gcc)" in printed and "Basin 6.50" in printed and "tiny sizes" in printed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["numpy", "law", "scalar", "c", "bits", "cells", "threads", "map", "run", "memory"])
def test_goals_are_reached(name, full_bench):
    row = full_bench[name]
    assert row["pass"] in (True, None), f"{row['value']} {row['unit']} {row['what']}: the goal is {row['goal']}"


@pytest.fixture(scope="module")
def full_bench():
    return {row["name"]: row for row in bench.bench()["rows"]}
