"""Pictures of boundaries, soft basins and fractality: what they say and draw."""

import numpy as np
import pytest

import basin
from basin import figures
from basin.figures import FigureError
from basin.figures.theme import NARROW
from basin.scenario import load

SHORT = load("near-aligned-llm").with_({"outcome.horizon": 60, "values.features": 4})


@pytest.fixture(scope="module")
def results():
    return {
        "boundary": basin.boundary("newton", resolution=128),
        "boundary with chance": basin.boundary(SHORT, resolution=32, runs=9),
        "boundary in three axes": basin.boundary("pendulum", z=("torque", 0.2, 0.8), resolution=16),
        "boundary of nothing": basin.boundary("newton", ("x", 1, 1.1), ("y", -0.1, 0.1), resolution=16),
        "soft": basin.soft(SHORT, n=12, runs=3),
        "fractality": basin.fractality("newton", balls=60, pairs=300, grids=(16, 32)),
        "fractality of nothing": basin.fractality(
            "newton", [("x", 1, 1.1), ("y", -0.1, 0.1)], balls=20, pairs=50, grids=(16,)
        ),
    }


NAMES = ("boundary", "boundary with chance", "boundary in three axes", "boundary of nothing", "soft", "fractality",
         "fractality of nothing")  # fmt: skip


def drawn(name, results, **options):
    return getattr(figures, name.split()[0])(results[name], **options)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [NARROW, 1200])
def test_figures_say_what_they_show(name, width, results):
    meta = drawn(name, results, width=width).layout.meta
    assert {"title", "caption", "alt", "detail"} <= meta.keys() and "95%" in meta["caption"] + meta["detail"]


def test_the_boundary_has_every_line_apart(results):
    fig = drawn("boundary", results)
    line = next(part for part in fig.data if part.name == "boundary")
    assert np.isnan(np.asarray(line.x, float)).sum() == int(results["boundary"]["line"][-1])
    heat = fig.data[0]
    assert heat.x[0] == -2 and heat.x[-1] == 2 and np.shape(heat.z) == (128, 128)


def test_chance_draws_a_band(results):
    names = [part.name for part in drawn("boundary with chance", results).data]
    assert "95% band of the boundary" in names
    assert "95% band of the boundary" not in [part.name for part in drawn("boundary", results).data]


def test_surfaces_are_smoothed_within_what_is_known(results):
    told = results["boundary in three axes"]
    (mesh,) = drawn("boundary in three axes", results).data
    moved = np.abs(np.asarray(mesh.z) - told["z"].values) / 0.6
    assert len(mesh.i) == told.sizes["facet"] and (moved <= told["error"].values / 2 + 1e-9).all() and moved.max() > 0


def test_fractality_draws_its_fit_and_its_references(results):
    fig = drawn("fractality", results)
    assert [part.name for part in fig.data][:3] == [
        part.name for part in fig.data if part.name and part.name.startswith(("fit", "smooth", "pairs"))
    ]
    assert len(fig.layout.shapes) == 2  # ln 2 and the smooth boundary
    assert "No boundary" in drawn("fractality of nothing", results).layout.meta["title"]


@pytest.mark.parametrize("name", ["boundary", "soft", "fractality"])
def test_other_datasets_are_refused(name, results):
    other = results["soft" if name != "soft" else "boundary"]
    with pytest.raises(FigureError, match="holds no"):
        getattr(figures, name)(other)
