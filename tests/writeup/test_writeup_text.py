"""Placeholders of a text, filled or refused with their line."""

from __future__ import annotations

import math

import pytest
import xarray as xr

from basin.writeup import WriteupError, share
from basin.writeup.text import filled, written
from tests.figures.made import field

NUMBERS = {
    "share": 0.622, "share_low": 0.601, "share_high": 0.639, "never": 0.0, "never_low": 0.0, "never_high": 0.00047,
    "always": 1.0, "always_low": 0.99953, "always_high": 1.0, "none": 0.0, "none_low": 0.0, "none_high": 0.004,
    "bits": 12.3456, "bits_low": 12.1, "bits_high": 12.6, "harm": 1234.4, "harm_low": 1100.0, "harm_high": 1400.0,
    "sure": 2.0, "sure_low": 2.0, "sure_high": 2.0, "runs": 1234567, "word": "six", "inner": {"deep": -0.25},
    "endless": math.inf, "endless_low": 0.0, "endless_high": math.inf, "nothing": math.nan,
    "wide": 0.0, "wide_low": -1e308, "wide_high": 1.7e308,
}  # fmt: skip


def said(text):
    return filled(text, {"r": NUMBERS}.__getitem__, lambda name: f"<{name}>")


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("r.share | percent", "62%"),
        ("r.share | share", "62% ± 2%"),
        ("r.share|between", "60–64%"),
        ("r.share | percent_between", "62% (60–64%)"),
        ("r.none | share", "at most 0.4%"),
        ("r.never | share", "at most 0.05%"),
        ("r.always | share", "at least 99.95%"),
        ("r.bits | number", "12.35"),
        ("r.bits | number_between", "12.35 (12.10 to 12.60)"),
        ("r.harm | number_between", "1234 (1100 to 1400)"),
        ("r.sure | number_between", "2.0000 (2.0000 to 2.0000)"),
        ("r.wide | number_between", f"0 (−{1e308:.0f} to {1.7e308:.0f})"),
        ("r.bits | .1f", "12.3"),
        ("r.runs | count", "1,234,567"),
        ("r.word", "six"),
        ("r.inner.deep | .2f", "−0.25"),
    ],
)
def test_numbers_are_written_as_asked(asked, word):
    assert said(f"It is {{{{ {asked} }}}}.") == f"It is {word}."


def test_a_dataset_gives_its_attributes_and_single_values():
    dataset = field([["aligned", "captured"]]).assign_attrs(aligned=0.5, aligned_low=0.25, aligned_high=0.75)
    assert written(dataset, "aligned", "percent_between") == "50% (25–75%)"
    assert written(dataset.assign(one=3.0), "one", ".1f") == "3.0"


def test_a_figure_stands_alone_on_its_line():
    assert said("above\n\n{{ figure basin_map }}\n\nbelow") == "above\n\n<basin_map>\n\nbelow"
    assert said("{{figure basin_map}}") == "<basin_map>"
    with pytest.raises(WriteupError, match=r"text.md:2: .*alone on its line"):
        said("\nsee {{ figure basin_map }}")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("{{ r.nope | percent }}", "there is no 'nope'; known are always"),
        ("{{ r.inner.nope }}", "there is no 'inner.nope'"),
        ("{{ r.share.deep }}", "there is no 'share.deep'"),
        ("{{ r.inner }}", "holds deep: name one"),
        ("{{ r.runs | share }}", "has no interval"),
        ("{{ r.word | percent }}", "is a word"),
        ("{{ r.endless | number_between }}", "'endless' holds 'inf', which is no number"),
        ("{{ r.nothing | .2f }}", "'nothing' holds 'nan', which is no number"),
        ("{{ r.harm | percent }}", "'harm' holds 1234, and 'percent' writes fractions, from 0 to 1"),
        ("{{ r.wide | share }}", "'wide' holds −1e.308, and 'share' writes fractions, from 0 to 1"),
        ("{{ r.share | %d }}", "is no format; known are percent"),
        ("{{ r }}", "write {{ result.key"),
        ("{{ }}", "write {{ result.key"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_its_line(asked, reason):
    with pytest.raises(WriteupError, match=rf"text.md:3: .*({reason})"):
        said(f"one\ntwo\nthree {asked}\n")


@pytest.mark.parametrize("text", ["{{ r.share | percent", "r.share }}", "{{ r.share | percent }} and {{"])
def test_braces_that_do_not_close_are_refused(text):
    with pytest.raises(WriteupError, match="braces that do not close"):
        said(text)


def test_a_share_of_a_dataset_is_written_with_its_interval():
    one = xr.Dataset({"share": 0.5, "low": 0.25, "high": 0.75})
    assert share(one, "mine") == {"mine": 0.5, "mine_low": 0.25, "mine_high": 0.75}
    assert written(share(one), "share", "between") == "25–75%"
