"""The profile repeats what each verb says, and says why a measure does not apply."""

import numpy as np
import pytest

import basin
from basin.figures import FigureError
from basin.questions.resilience import ASSUMPTIONS


@pytest.fixture(scope="module")
def newton():
    return basin.resilience("newton", samples=500, seed=3)


def row(told, name):
    return told.sel(measure=name)


def test_every_measure_is_there_with_its_verb(newton):
    names = [str(name) for name in newton["measure"].values]
    assert names == [
        "basin stability", "size", "unresolved", "basin area", "basin entropy", "boundary entropy", "uncertainty exponent",
        "minimal shock", "time", "attractors", "edge state",
    ]  # fmt: skip
    from basin.cli.root import command

    assert {str(verb) for verb in newton["verb"].values} <= set(command().commands)


def test_measures_are_those_of_the_verbs(newton):
    alone = basin.stability("newton", samples=500, seed=3).sel(outcome="root_1")
    ours = row(newton, "basin stability")
    assert [float(ours[part]) for part in ("value", "low", "high")] == [
        float(alone[part]) for part in ("share", "low", "high")
    ]
    size = row(newton, "size")
    assert float(size["value"]) == pytest.approx(-np.log2(float(alone["share"])))
    assert float(size["low"]) < float(size["value"]) < float(size["high"])
    area = basin.boundary("newton", resolution=512, seed=3)  # over the square, where the real root has more than its third
    assert float(row(newton, "basin area")["value"]) == float(area["area"])
    assert float(row(newton, "uncertainty exponent")["high"]) < 1


def test_what_does_not_apply_says_why(newton):
    edge = row(newton, "edge state")
    assert np.isnan(float(edge["value"])) and "no equations of motion" in str(edge["note"].values)
    shown = np.isfinite(newton["value"].values)
    assert all((str(note) == "") == there for note, there in zip(newton["note"].values, shown, strict=True))


def test_it_is_kept_and_drawn(newton, tmp_path):
    basin.datasets.save(newton, tmp_path / "r.nc")
    figure = basin.figures.resilience(basin.datasets.open(tmp_path / "r.nc"))
    texts = " ".join(str(note.text) for note in figure.layout.annotations)
    for name in newton["measure"].values:
        assert str(name)[1:] in texts
    assert "no equations of motion" in texts and "basin stability" in figure.layout.meta["alt"]
    with pytest.raises(FigureError, match=r"basin\.resilience"):
        basin.figures.resilience(basin.stability("newton", samples=20))


@pytest.mark.slow
def test_a_scenario_says_how_far_its_assumptions_may_go():
    told = basin.resilience("near-aligned-llm", samples=500)
    bias = row(told, "bias")
    assert float(bias["low"]) < 0.3287 + 0.01 and float(bias["high"]) > 0.3  # √(1/(1 − ε)² − 1) in the limit
    assert len(told["measure"]) == 12 + len(ASSUMPTIONS)
    assert "chance" in str(row(told, "uncertainty exponent")["note"].values)
