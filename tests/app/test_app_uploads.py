"""What readers bring is checked, limited, and never read from this machine's own files."""

from __future__ import annotations

import pytest

import basin
from basin.scenario import dumps
from tests.app.conftest import settled


def bring(page, key, name, content):
    return settled(page.file_uploader(key=key).upload(name, content, "text/plain").run())


def own(**changes) -> bytes:
    scenario = basin.load("near-aligned-llm").with_({"name": "mine", "title": "A scenario of mine"})
    return dumps(scenario.with_({path.replace("__", "."): value for path, value in changes.items()})).encode()


def headline(page) -> str:
    return next(text.value for text in page.markdown if text.value.startswith("## "))


def test_a_scenario_of_ones_own_becomes_the_scenario(open_page):
    page = bring(open_page(), "scenario_file", "mine.toml", own(motives__self_interest__guarding=0.08))
    assert page.selectbox(key="scenario").value == "yours" and not page.warning
    field = basin.map(basin.load("near-aligned-llm").with_({"motives.self_interest.guarding": 0.08}), n=8, runs=2)
    assert f"{field.attrs['aligned']:.0%} ± " in headline(page)
    assert "basin.load('mine.toml')" in page.code[0].value and "mine.toml" in page.code[1].value
    settled(page.selectbox(key="scenario").set_value("shoggoth").run())
    assert page.selectbox(key="scenario").value == "shoggoth"


def test_ones_own_may_bear_the_name_of_a_bundled_one(open_page):
    content = dumps(basin.load("near-aligned-llm").with_({"motives.self_interest.guarding": 0.08})).encode()
    page = bring(open_page(), "scenario_file", "mine.toml", content)
    assert "basin.load('near-aligned-llm.toml')" in page.code[0].value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"motives = [", "This file cannot be used."),
        (b"[motives]\ncare = 7\n", "motives.care = 7"),
        (own(outcome__horizon=900_000), "outcome.horizon = 900000: at most 5000 here"),
        (own(requirements__graph="full").replace(b'graph = "full"', b'graph = "/etc/passwd"'), "names a file"),
        (b"#" * 150_000, "at most 100 kB"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_line(open_page, content, said):
    page = bring(open_page(), "scenario_file", "mine.toml", content)
    (line,) = [text.value for text in page.sidebar.warning]
    assert said in line and "\n" not in line
    assert page.selectbox(key="scenario").value == "near-aligned-llm" and headline(page)


TABLE = "choice_id,option,chosen,cost,time\n" + "".join(
    f"{k},car,{int(k % 3 > 0)},{2 + k % 5},{3 + k % 2}\n{k},bus,{int(k % 3 == 0)},{1 + k % 4},{5 + k % 3}\n" for k in range(40)
)


def test_a_table_of_ones_own_is_learnt_from(open_page):
    page = bring(open_page(), "choices_file", "mine.csv", TABLE.encode())
    assert page.selectbox(key="scenario").value == "yours" and not page.warning
    assert 'choices_table = "choices.csv"' in page.code[2].value and "/tmp" not in "".join(code.value for code in page.code)
    assert "from your table of choices" in " ".join(page.selectbox(key="scenario").options)


@pytest.mark.parametrize("table", ["", "choice_id,option\n1,car\n", TABLE.replace(",1,", ",0,")])
def test_a_table_that_cannot_be_used_gets_one_line(open_page, table):
    page = bring(open_page(), "choices_file", "mine.csv", table.encode())
    (line,) = [text.value for text in page.sidebar.warning]
    assert line.startswith("This file cannot be used.") and "/tmp" not in line
    assert page.selectbox(key="scenario").value == "near-aligned-llm"


def test_a_link_to_a_scenario_of_ones_own_says_that_it_is_gone(open_page):
    page = open_page(scenario="yours")
    assert "Scenarios of your own are not kept" in page.warning[0].value
