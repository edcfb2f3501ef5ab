"""The pictures of an argument, of its worth, and of the starts of a corpus say what their Datasets say."""

from __future__ import annotations

import numpy as np
import pytest

import basin
from basin.figures import FigureError
from basin.questions import argument as ask
from basin.questions import corpus, requirements
from basin.scenario import load
from tests.figures.made import field

SCENARIO = load("near-aligned-llm").with_({"outcome.horizon": 60, "values.features": 3})
PICTURES = ("requirements", "information", "alpha", "corpus", "corpus_shares")


@pytest.fixture(scope="module")
def argument():
    return requirements(SCENARIO, samples=32)


@pytest.fixture(scope="module")
def starts():
    return corpus(SCENARIO, samples=32, n=5)


def boxes(figure):
    return [shape for shape in figure.layout.shapes if shape.type == "rect"]


def said(figure):
    return " ".join(note.text.replace("<br>", " ") for note in figure.layout.annotations)


@pytest.mark.parametrize("width", [390, 700, 1200])
def test_every_step_has_a_box_of_its_own_that_its_words_fit(argument, width):
    figure = basin.figures.requirements(argument, width)
    drawn = boxes(figure)
    assert len(drawn) == argument.sizes["step"]
    for one in range(len(drawn)):
        assert drawn[one].x0 >= 0 and drawn[one].x1 <= 1
        for other in range(one):
            a, b = drawn[one], drawn[other]
            assert a.x1 <= b.x0 or b.x1 <= a.x0 or a.y1 <= b.y0 or b.y1 <= a.y0
    words = said(figure)
    for says in argument["says"].values:
        assert str(says).split()[0] in words


def test_steps_stand_below_what_they_follow_from(argument):
    figure = basin.figures.requirements(argument)
    arrows = [part for part in figure.data if part.mode == "lines+markers"]
    assert len(arrows) == 16  # of thirty uses fourteen are of facts, which stand in the boxes
    assert all(arrow.y[0] < arrow.y[1] for arrow in arrows)


def test_the_motive_is_marked_and_facts_show_what_is_known(argument):
    figure = basin.figures.requirements(argument)
    (marked,) = [shape for shape in boxes(figure) if shape.line.dash == "dash"]
    (arrow,) = [part for part in figure.data if part.line.color == marked.line.color]
    assert arrow.y[0] == marked.y1
    words = said(figure)
    assert "I care about my makers. (a motive)" in words and "a motive, which no information replaces" in words
    assert words.count("● ") - 1 == 10 and words.count("◐ ") - 1 == 1 and words.count("○ ") - 1 == 3  # one each in the key
    assert "40 bits" in words


def test_what_is_lacking_is_crossed_out_and_what_rests_on_it_is_grey():
    whole, less = (ask(SCENARIO.with_({"requirements.without": lost})) for lost in ("", "selection, fallible"))
    assert {shape.line.dash for shape in boxes(basin.figures.requirements(whole))} == {"solid", "dash"}
    figure = basin.figures.requirements(less)
    assert sum(shape.line.dash == "dot" for shape in boxes(figure)) == 9
    words = said(figure)
    assert "✕ what selection favours" in words and "✕ Makers err" in words and "Grey: 9 steps not reached." in words
    assert "evolved interest (not reached): " in figure.layout.meta["alt"] and "care (a motive): " in figure.layout.meta["alt"]


def test_without_the_motive_what_rests_on_it_is_not_reached():
    figure = basin.figures.requirements(ask(SCENARIO, wanted=False))
    assert sum(shape.line.dash == "dot" for shape in boxes(figure)) == 4
    assert "✕ I care about my makers." in said(figure) and "Grey: 4 steps not reached." in said(figure)
    assert "care (a motive) (absent): " in figure.layout.meta["alt"]
    assert "fallible: " in figure.layout.meta["alt"] and "learn values (not reached): " in figure.layout.meta["alt"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "This agent follows 100% of the argument"),
        ({"capability.start": 0.5}, "This agent follows 54% of the argument"),
        (
            {"capability.start": 0.5, "requirements.information": 197.5},
            "follows 27% of the argument on average: all of it is",
        ),
        ({"requirements.without": "tools"}, "This agent follows none of the argument"),
    ],
)
def test_alpha_is_drawn_beside_that_of_an_agent_to_which_nothing_is_missing(changes, message):
    dataset = ask(SCENARIO.with_(changes))
    figure = basin.figures.alpha(dataset)
    full, asked = figure.data
    np.testing.assert_array_equal(full.y, dataset["alpha"].values)
    np.testing.assert_array_equal(asked.y, dataset["alpha_asked"].values)
    assert message in figure.layout.meta["title"]


def test_information_draws_shares_with_their_intervals(argument):
    figure = basin.figures.information(argument)
    band, line = figure.data
    np.testing.assert_array_equal(line.x, argument["information"].values)
    np.testing.assert_array_equal(line.y, argument["share"].values)
    points = len(line.x)
    np.testing.assert_array_equal(band.y[:points], argument["high"].values)
    np.testing.assert_array_equal(band.y[points:], argument["low"].values[::-1])


def test_information_changes_nothing_where_a_part_is_out_of_reach():
    figure = basin.figures.information(requirements(SCENARIO.with_({"requirements.without": "selection"}), samples=32))
    assert len(set(figure.data[1].y)) == 1
    assert figure.layout.meta["title"].startswith("Whatever the information, ")
    assert "points more with what is out of reach (" in figure.layout.meta["detail"]


def test_the_cloud_has_as_many_starts_of_a_persona_as_the_corpus_gives(starts):
    wide = corpus(SCENARIO.with_({"corpus.filtered": 1.0}), samples=400, n=3)
    figure = basin.figures.corpus(wide)
    clouds = {part.name: len(part.x) for part in figure.data if part.name and "persona" in part.name}
    assert clouds == {"aligned persona 69%": 276, "misaligned persona 31%": 124}
    heat = figure.data[0]
    np.testing.assert_array_equal(heat.z, wide["map"].values)
    assert f"{100 * starts.attrs['aligned']:.0f}% of the starts that this corpus gives" in said(basin.figures.corpus(starts))
    few = {part.name: len(part.x) for part in basin.figures.corpus(starts).data if part.name and "persona" in part.name}
    assert few == {"aligned persona 55%": 32, "misaligned persona 45%": 26}  # fewer, in the same proportion


@pytest.mark.parametrize("width", [390, 1200])
def test_every_published_share_is_drawn_beside_the_rules(starts, width):
    figure = basin.figures.corpus_shares(starts, width)
    parts = {part.name: part for part in figure.data if part.name}
    np.testing.assert_array_equal(parts["measured"].x, starts["published"].values)
    roles = starts["role"].values
    np.testing.assert_array_equal(parts["the rule, fitted to it"].x, starts["model"].values[roles == "fit"])
    np.testing.assert_array_equal(parts["the rule, predicted"].x, starts["model"].values[roles == "prediction"])
    labels = [note for note in figure.layout.annotations if note.name is None]
    assert len(labels) == starts.sizes["comparison"]
    tops = [note.y - note.yshift - 12 * 1.3 * len(note.text.split("<br>")) for note in labels]
    assert all(top > above.y for top, above in zip(tops[1:], labels, strict=False))  # no label reaches the row above


@pytest.mark.parametrize("picture", PICTURES)
def test_pictures_carry_caption_alt_text_and_provenance(argument, starts, picture):
    dataset = argument if picture in ("requirements", "information", "alpha") else starts
    meta = getattr(basin.figures, picture)(dataset).layout.meta
    assert meta["caption"] and meta["alt"] and meta["title"] and meta["scenario"] == "near-aligned-llm"
    assert meta["call"].startswith("basin.information(" if dataset is argument else "basin.start_cloud(")


@pytest.mark.parametrize("picture", PICTURES)
def test_other_datasets_are_refused(picture):
    with pytest.raises(FigureError, match="make one with basin"):
        getattr(basin.figures, picture)(field([["aligned"]]))
