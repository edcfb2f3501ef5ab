"""The bench of speed measures what it says; what it counts and compares is right where that can be said."""

import numpy as np
import pytest

from tests.bench import c_twin, jax_twin, numpy_twin, roofline, speed, twins

needs_gcc = pytest.mark.skipif(not c_twin.available(), reason="needs gcc, to build the C twin: apt-get install gcc")


@needs_gcc
def test_a_quick_run_without_jax(monkeypatch, capsys):
    monkeypatch.setattr(jax_twin, "available", lambda: False)
    monkeypatch.setattr(twins.scalar_twin, "simulate", numpy_twin.simulate)  # which need not be compiled
    speed.main(["--quick", "--markdown", "--part", "grid", "--part", "mechanisms", "--part", "roofline"])
    said = capsys.readouterr().out
    assert "Not installed, so not measured: JAX, JAX, by the law." in said
    for title in ("1 thread", "Goals", "Mechanisms", "Peaks", "Roofline", "Where the operations are"):
        assert f"### {title}\n" in said


@pytest.mark.slow
def test_a_quick_run_of_all(capsys):
    speed.main(["--quick"])
    said = capsys.readouterr().out
    assert "Goals" in said and "Runs" in said and "Features" in said and ("JAX, by the law" in said)


def test_turns_are_paired_and_about_as_long_as_asked():
    asked = []

    def compute(runs):
        asked.append(runs)
        return 0.01 * runs, 5.0 * runs

    times = twins.by_turns([twins.Contestant("one", compute, 4)], repeats=3, seconds=0.2)
    assert asked == [4, 4, 20, 20, 20] and np.allclose(times["one"], 0.002)
    assert speed.ratio(np.array([2.0, 6.0, 3.0]), np.array([1.0, 2.0, 3.0])) == "2.00 (1.00–3.00)"


def test_goals_are_judged_at_the_worst_size_and_by_jax_quicker_form():
    def times(**other):
        return {name: np.array([value]) for name, value in ({"engine": 1.0, "c": 1.0} | other).items()}

    found = {
        (1, 2, 1): times(numpy=30.0, jax=9.0, **{"jax-law": 8.0}),
        (1, 8, 1): times(numpy=25.0, c=0.8, jax=6.0, **{"jax-law": 4.0}),
    }
    rows = {row[0]: row[2:] for row in speed.goals(found).rows}
    assert rows["of the time of C"] == ("1.25", "≤ 1.1", "d = 8, N = 1", "MISS")
    assert rows["times as fast as JAX, its quicker form"] == ("4.00", "≥ 5", "d = 8, N = 1", "MISS")
    assert rows["times as fast as NumPy"] == ("25.00", "≥ 20", "d = 8, N = 1", "pass")


def test_operations_that_were_counted_grow_as_they_should():
    cost = {d: sum(roofline.episode(d, 0.2).values(), roofline.Cost()) for d in (16, 32, 1024, 2048)}
    assert np.isclose(cost[32].words - cost[16].words, 8 * (1 + roofline.batched_share(0.2)))
    # a product Vφ and an update of V take 3 d² operations, and again for those who hear a comparison
    assert np.isclose(cost[2048].flops / 2048**2, 3 * (1 + roofline.batched_share(0.2)), rtol=0.03)
    assert cost[16].far(16, 48 * 1024) > 0 == cost[16].far(8, 48 * 1024)


def test_batches_are_whole():
    assert roofline.batched_share(0.0) == 0.0 and roofline.batched_share(1.0) == 1.0
    assert roofline.batched_share(1e-9) == pytest.approx(1e-9 * 16)
