"""The tornado: what it shows of known numbers."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin import datasets
from basin.figures import FigureError, bare, tornado
from basin.figures.tornadoes import MOST_ROWS, words
from basin.scenario import load
from tests.figures.made import about


def made(paths=("motives.care", "humans.noise"), star=(0.4, 0.1), method="morris", of="aligned", base=0.6):
    """A sensitivity Dataset whose numbers are known: ends at base ∓ half the index."""
    star = np.asarray(star, float)
    dims, entries = ("path",), [load("near-aligned-llm").numeric_path(path) for path in paths]
    numbers = {"lo": star * 0, "hi": star * 0 + 1, "base": star * 0 + 0.5}
    for end, sign in (("at_lo", -0.5), ("at_hi", 0.5)):
        value = base + sign * star
        numbers |= {end: value, f"{end}_low": value - 0.05, f"{end}_high": value + 0.05}
    name = "mu_star" if method == "morris" else "total"
    numbers |= {name: star, f"{name}_low": star - 0.05, f"{name}_high": star + 0.05}
    texts = {"path": [entry.path for entry in entries], "unit": [entry.unit for entry in entries],
             "meaning": [entry.description for entry in entries]}  # fmt: skip
    return datasets.measured(
        "sensitivity",
        {key: (dims, value, "1", key) for key, value in numbers.items()},
        {key: (dims, np.array(value), "name", key) for key, value in texts.items()},
        about(load("near-aligned-llm"), runs=20, title="A title", method=method, of=of, samples=4, points=12,
              base_value=base, base_low=base - 0.1, base_high=base + 0.1, starts_from="as the scenario says"),
    )  # fmt: skip


def texts(figure):
    return [str(note.text).replace("<br>", " ") for note in figure.layout.annotations]


def test_bars_lead_from_the_scenario_to_the_ends():
    figure = tornado(made())
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert len(bars) == 4 and {bar.base[0] for bar in bars} == {0.6}
    ends = [bar.base[0] + bar.x[0] for bar in bars]
    assert ends == pytest.approx([0.55, 0.65, 0.4, 0.8])  # the last row is drawn first, at the bottom
    assert bars[0].y[0] < bars[2].y[0]
    whiskers = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "lines" and len(trace.x) == 2]
    assert [end for line in whiskers for end in line.x] == pytest.approx([0.5, 0.6, 0.6, 0.7, 0.35, 0.45, 0.75, 0.85])
    assert "as it is: 60%" in texts(figure)


def test_names_indices_and_the_answer():
    figure = tornado(made(), width=1600)
    said = texts(figure)
    assert "care (motives)" in said and "0 to 1: moves it by 0.40 (0.35–0.45)" in said
    assert any("p₀, share of the motive" in str(trace.hovertemplate) for trace in figure.data)
    assert figure.layout.meta["title"] == "What matters most for how often it ends aligned: care (motives)"
    assert "motives.care 40%, 80%" in figure.layout.meta["alt"]
    hovers = " ".join(str(trace.hovertemplate) for trace in figure.data)
    assert "motives.care = 0" in hovers and "humans.noise" in hovers
    close = tornado(made(star=(0.4, 0.36)))
    assert close.layout.meta["title"].endswith("care (motives) and noise (humans)")


def test_at_most_fifteen_rows_and_how_many_more():
    paths = [entry.path for entry in load("near-aligned-llm").numeric_paths()[: MOST_ROWS + 4]]
    star = np.linspace(0.5, 0.034, len(paths))
    figure = tornado(made(paths, star))
    assert sum(trace.type == "bar" for trace in figure.data) == 2 * MOST_ROWS
    (more,) = [text for text in texts(figure) if "more" in text]
    assert more == f"and 4 more, all below {np.floor(star[MOST_ROWS] * 100) / 100 + 0.01:.2f}"
    star[MOST_ROWS:] = 0
    assert "and 4 more, none of which moves it at all" in texts(tornado(made(paths, star)))


def test_shares_and_bits():
    figure = tornado(made(method="sobol", of="bits", base=2.0), width=1600)
    said = texts(figure)
    assert "0 to 1: share 40% (35–45%)" in said and "as it is: 2.00 bits" in said
    assert "bits" in figure.layout.xaxis.title.text
    assert "the size of the basin" in figure.layout.meta["title"]


def test_nothing_matters():
    flat = made(star=(0.0, 0.0))
    assert tornado(flat).layout.meta["title"] == "No assumption changes how often it ends aligned within its range"
    flat["at_hi"][1] = 0.9
    flat = flat.isel(path=[1, 0])
    assert tornado(flat).layout.meta["title"] == "Taken alone, noise (humans) changes most how often it ends aligned"


def test_words_fit_a_telephone_whatever_width_it_was_drawn_for():
    from basin.figures.theme import LETTER, NARROW

    paths = [entry.path for entry in load("shoggoth").numeric_paths() if "." in entry.path][:60]
    known = {entry.path for entry in load("near-aligned-llm").numeric_paths()}
    paths = [path for path in paths if path in known][:MOST_ROWS]
    figure = tornado(made(paths, np.linspace(0.5, 0.1, len(paths))))
    beside = figure.layout.template.layout.margin.l + figure.layout.template.layout.margin.r
    lines = [note for note in figure.layout.annotations if note.xref == "paper" and note.yanchor == "middle"]
    assert len(lines) == 2 * len(paths) == len({note.y for note in lines})
    assert all(len(note.text) * LETTER * note.font.size < NARROW - beside for note in lines)


def test_words_of_paths():
    assert words("motives.self_interest.overlap") == "overlap (motives, self interest)"


def test_another_dataset_is_refused_and_a_measured_one_drawn(tmp_path):
    with pytest.raises(FigureError, match=r"basin\.sensitivity"):
        tornado(basin.stability("newton", samples=20))
    short = load("near-aligned-llm").with_({"outcome.horizon": 30, "values.features": 3})
    found = basin.sensitivity(short, ["motives.care", "humans.noise"], samples=2, runs=4)
    basin.datasets.save(found, tmp_path / "s.nc")
    figure = basin.figures.tornado(basin.datasets.open(tmp_path / "s.nc"))
    files = basin.figures.export(bare(figure), tmp_path / "t", formats=("html", "json"))
    assert len(files) == 2
