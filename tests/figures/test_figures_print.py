"""Figures set for a column of print or two."""

from __future__ import annotations

import re

import pytest

import basin
from tests.browsers import browser
from tests.cli.calling import call
from tests.figures.made import field, paths

INCH, PX = 2.54, 128


@pytest.mark.parametrize(("columns", "cm"), [(1, 8.4), (2, 17.4)])
@pytest.mark.parametrize(
    "make", [lambda: basin.figures.map(field([["aligned", "captured"]])), lambda: basin.figures.trajectory(paths())]
)
def test_a_printed_figure_is_as_wide_as_its_columns(make, columns, cm):
    fig = make()
    before = fig.to_json()
    printed = basin.figures.printed(fig, columns)
    assert abs(printed.layout.width / PX * INCH - cm) < 0.02
    assert printed.layout.height <= (fig.layout.height or 800) and fig.to_json() == before
    names = {note.name for note in printed.layout.annotations}
    assert "message" not in names and "upwards" in names


def test_there_are_two_widths_of_print():
    with pytest.raises(basin.figures.FigureError, match="must be 1 or 2"):
        basin.figures.printed(basin.figures.map(field([["aligned"]])), 3)
    said = call("figure", "map", "value-learner", "--n", "2", "--runs", "1", "--print", "3")
    assert said.code == 2 and "--print 3: must be 1 or 2" in said.err


@browser
def test_pictures_have_the_size_of_the_column(tmp_path):
    fig = basin.figures.map(field([["aligned", "captured"]]))
    svg, pdf, png = basin.figures.export(fig, tmp_path / "map", ("svg", "pdf", "png"), columns=1)
    width = float(re.search(r'<svg[^>]* width="([\d.]+)"', svg.read_text())[1])
    assert abs(width / 96 * INCH - 8.4) < 0.05
    (left, _, right, _) = map(
        float, re.search(rb"/MediaBox \[([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)\]", pdf.read_bytes()).groups()
    )
    assert abs((right - left) / 72 * INCH - 8.4) < 0.05
    assert abs(int.from_bytes(png.read_bytes()[16:20], "big") / 300 * INCH - 8.4) < 0.05


@browser
def test_vectors_are_the_same_but_for_their_ids(tmp_path):
    fig = basin.figures.map(field([["aligned", "captured"]]))
    one, other = (basin.figures.export(fig, tmp_path / name, "svg")[0].read_text() for name in ("one", "other"))
    plain = [re.sub(r"\b(id|class|clip-path|href|xlink:href)=\"[^\"]*\"", "", text) for text in (one, other)]
    assert plain[0] == plain[1] and len(plain[0]) > 2000
