"""A write-up built whole: what is kept, what is stale, what is written, and what is refused."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

import basin
from basin import writeup
from basin.writeup import WriteupError
from basin.writeup.script import Script
from tests.browsers import browser
from tests.cli.calling import call

TEXT = """---
title: A trial
---

{{ field.aligned | share }} of starts, {{ numbers.twice | .3f }} twice; says @dearnaley2024requirements [@own2020].

{{ figure basin_map }}

# References
"""
SCRIPT = '''
"""A trial."""
import basin
from basin.writeup import figure, result

TIMES = 2


@result
def field(quick):
    with open({log!r}, "a") as file:
        file.write("field\\n")
    return basin.map("value-learner", n=2 if quick else 3, runs=1)


@result
def numbers(field):
    with open({log!r}, "a") as file:
        file.write("numbers\\n")
    return {{"twice": TIMES * field.attrs["aligned"]}}


@figure
def basin_map(field):
    return basin.figures.map(field)
'''
OWN = "@book{own2020, author = {Own, A.}, title = {Of one's own}, year = {2020}}\n"


@pytest.fixture
def paper(tmp_path):
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "text.md").write_text(TEXT, encoding="utf-8")
    (folder / "figures.py").write_text(SCRIPT.format(log=str(tmp_path / "log")), encoding="utf-8")
    (folder / "references.bib").write_text(OWN, encoding="utf-8")
    return folder


def made(paper) -> list[str]:
    """The results that have been computed since this was last asked."""
    log = paper.parent / "log"
    lines = log.read_text().split() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def change(paper, name, old, new):
    file = paper / name
    assert old in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def build(paper, *formats, **options):
    return writeup.build(
        paper, paper.parent / "out", quick=options.pop("quick", True), formats=formats or ("html",), **options
    )


def test_the_page_has_numbers_figures_and_citations_and_asks_nobody(paper):
    (page,) = build(paper)
    text = page.read_text(encoding="utf-8")
    field = basin.map("value-learner", n=2, runs=1)
    assert f"{2 * field.attrs['aligned']:.3f} twice" in text
    assert "Dearnaley (" in text and "Own 2020" in text and "Of One’s Own" in text
    assert 'role="img" aria-label="Map of starting points' in text and "basin map value-learner" in text
    words = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href)=["']https?://""", words) and "{{" not in words


def test_results_are_kept_until_what_they_are_made_from_changes(paper):
    build(paper)
    assert sorted(made(paper)) == ["field", "numbers"]
    build(paper)
    assert made(paper) == []
    change(paper, "text.md", "A trial", "Another title")
    change(paper, "figures.py", "return basin.figures.map(field)", "return basin.figures.map(field, 'aligned')")
    build(paper)
    assert made(paper) == []  # neither words nor drawings change a result
    change(paper, "figures.py", '"twice": TIMES', '"twice": 1 * TIMES')
    build(paper)
    assert made(paper) == ["numbers"]
    change(paper, "figures.py", "n=2 if quick", "n=4 if quick")
    build(paper)
    assert sorted(made(paper)) == ["field", "numbers"]  # what is made from it is made anew as well
    change(paper, "figures.py", "TIMES = 2", "TIMES = 3")
    build(paper)
    assert made(paper) == ["numbers"]  # the only one that uses it
    change(paper, "figures.py", "TIMES = 3", "THREE = 3\n\n\ndef three():\n    return THREE\n\n\nTIMES = three()")
    build(paper)
    assert made(paper) == ["numbers"]
    change(paper, "figures.py", "THREE = 3", "THREE = 2 + 1")
    build(paper)
    assert made(paper) == ["numbers"]  # what it uses uses it


def test_check_computes_nothing_and_finds_what_is_missing_or_stale(paper, monkeypatch):
    with pytest.raises(WriteupError, match="'field' is missing"):
        build(paper, check=True)
    assert made(paper) == []
    build(paper)
    assert build(paper, check=True) == []
    with pytest.raises(WriteupError, match="'field' is missing"):
        build(paper, check=True, quick=False)
    made(paper)
    monkeypatch.setattr("basin.writeup.script.package_hash", lambda: "another version of the package")
    with pytest.raises(WriteupError, match="'field' is stale"):
        build(paper, check=True)
    assert made(paper) == []


def test_a_result_that_was_broken_off_is_computed_again(paper):
    build(paper)
    made(paper)
    (paper.parent / "out" / "quick" / "field.json").unlink()
    build(paper)
    assert made(paper) == ["field"]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("text.md", "figure basin_map", "figure nope", "text.md:7: .*no figure 'nope' .*known are basin_map"),
        ("text.md", "field.aligned", "nope.aligned", "'nope' is no result of .*known are field, numbers"),
        ("text.md", "{{ figure basin_map }}", "{{ figure basin_map }}\n\n{{ figure basin_map }}", "shown twice"),
        ("figures.py", "def numbers(field)", "def numbers(fields)", "numbers asks for 'fields', which is no result"),
        ("figures.py", "def field(quick)", "def field(numbers)", "is made from itself"),
        ("figures.py", "TIMES = 2", "TIMES = 1 / 0", "figures.py: ZeroDivisionError"),
        ("figures.py", "TIMES * field", "float('nan') * field", "numbers.twice is nan"),
        ("figures.py", '{"twice": TIMES * field.attrs["aligned"]}', '{"twice": None}', "numbers.twice is a NoneType"),
        ("figures.py", '{"twice": TIMES * field.attrs["aligned"]}', "7", "numbers returned a int"),
        ("figures.py", "basin.figures.map(field)", "__import__('plotly').graph_objects.Figure()", "has no alt"),
        ("text.md", "@own2020", "@nobody1999", "nobody1999"),
    ],
)
def test_what_is_wrong_is_one_line(paper, file, old, new, reason):
    change(paper, file, old, new)
    with pytest.raises(WriteupError, match=reason) as refused:
        build(paper)
    assert "\n" not in str(refused.value)


def test_what_is_no_write_up_is_refused(tmp_path, paper):
    with pytest.raises(WriteupError, match=r"there is no text\.md"):
        writeup.build(tmp_path / "nowhere")
    with pytest.raises(WriteupError, match="'docx' is no format"):
        build(paper, "docx")
    (paper / "figures.py").unlink()
    with pytest.raises(WriteupError, match=r"'field' is no result of .*figures\.py; known are none"):
        build(paper)


def test_a_text_that_shows_nothing_needs_no_script(paper):
    (paper / "figures.py").unlink()
    (paper / "text.md").write_text("---\ntitle: Words\n---\n\nOnly words.\n", encoding="utf-8")
    assert "Only words." in build(paper)[0].read_text(encoding="utf-8")


def test_the_key_of_a_result_is_the_same_in_every_process(paper):
    one, other = Script.read(paper), Script.read(paper)
    assert one.key("numbers", True) == other.key("numbers", True) != one.key("numbers", False)


@pytest.mark.parametrize(("format_", "library"), [("html", "pypandoc"), ("pdf", "typst")])
def test_what_is_not_installed_is_named(paper, monkeypatch, format_, library):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(WriteupError, match=r'pip install "basin\[papers\]"'):
        build(paper, format_)


@browser
def test_markdown_and_pdf(paper):
    pdf, markdown = build(paper, "pdf", "md")
    assert pdf.read_bytes().startswith(b"%PDF-")
    text = markdown.read_text(encoding="utf-8")
    picture = re.search(r"!\[Map of starting points.*\]\((trial-files/basin_map\.png)\)", text)
    assert picture and (markdown.parent / picture[1]).read_bytes().startswith(b"\x89PNG")
    assert "`basin map value-learner" in text
    assert "Own, A. 2020. *Of One’s Own*." in text and "<div" not in text


def test_the_command(paper, tmp_path):
    out = str(tmp_path / "there")
    built = call("paper", "build", str(paper), "--quick", "--out", out, "--format", "html", "--json")
    assert built.code == 0 and json.loads(built.out)["papers"] == {"trial": [str(Path(out) / "trial.html")]}
    assert call("paper", "build", str(paper), "--quick", "--out", out, "--check").code == 0
    change(paper, "figures.py", "TIMES = 2", "TIMES = 3")
    stale = call("paper", "build", str(paper), "--quick", "--out", out, "--check")
    assert stale.code == 2 and "stale" in stale.err and stale.err.count("\n") == 1
