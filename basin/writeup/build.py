"""Building a write-up: results computed, text filled, and the whole written as a page, a PDF and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from basin.writeup.errors import WriteupError
from basin.writeup.outputs import WRITERS, Document
from basin.writeup.results import Results, Say
from basin.writeup.script import Script
from basin.writeup.text import filled

if TYPE_CHECKING:
    import plotly.graph_objects as go

TEXT, BIBLIOGRAPHY = "text.md", "references.bib"
OUT = Path("build") / "papers"


def build(
    folder: str | Path, out: str | Path | None = None, quick: bool = False, formats: Sequence[str] | None = None,
    check: bool = False, say: Say = lambda line: None,
) -> list[Path]:  # fmt: skip
    """Build the write-up in a folder into `out`, build/papers/NAME unless given; the files that were written.

    quick: small sizes, for a look and for tests; every result is computed anew where the size differs. formats: html, pdf, md;
    all, unless given. check: compute and write nothing, but see that every number and figure is there and made from what is
    there now. say: told what is being done. Results are kept in `out` and computed again when what they are made from changes:
    their function in figures.py with what it uses, the package, or the results that they are given. Raises WriteupError, one
    line, for a text, a script or a result that cannot be used, and for a number or figure that is missing or, where it may not
    be computed, stale.
    """
    folder = Path(folder)
    text = folder / TEXT
    if not text.is_file():
        raise WriteupError(f"{folder}: there is no {TEXT}; a write-up is a folder with {TEXT} and figures.py")
    formats = list(formats or WRITERS)
    for name in formats:
        if name not in WRITERS:
            raise WriteupError(f"{name!r} is no format of a write-up; known are {', '.join(WRITERS)}")
    out = Path(out) if out is not None else OUT / folder.resolve().name
    script = Script.read(folder)
    results = Results(script, out / ("quick" if quick else "full"), quick, check, say)

    @cache
    def drawn(name: str) -> go.Figure:
        if name not in script.figures:
            known = ", ".join(script.figures) or "none"
            raise WriteupError(f"there is no figure {name!r} in {script.path}; known are {known}")
        figure = script.figures[name](**results.arguments(script.figures[name]))
        for said in ("alt", "caption"):
            if not (figure.layout.meta or {}).get(said):
                raise WriteupError(f"the figure {name!r} has no {said} (layout.meta)")
        return figure

    shown: list[str] = []

    def place(name: str) -> str:
        drawn(name)
        shown.append(name)
        return f"{{{{{name}}}}}"  # filled by each format

    body = filled(text_of(text), results.__getitem__, place, str(text))
    if len(set(shown)) < len(shown):
        raise WriteupError(f"{text}: the figure {max(shown, key=shown.count)!r} is shown twice")
    if check:
        return []
    own = folder / BIBLIOGRAPHY
    document = Document(folder.resolve().name, body, {name: drawn(name) for name in shown}, own if own.is_file() else None)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name in formats:
        say(f"writing {name} …")
        written.append(WRITERS[name](document, out))
    return written


def text_of(path: Path) -> str:
    """What a file says. Raises WriteupError for one that is no text in UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WriteupError(f"{path}: is no text in UTF-8, at byte {error.start}") from None
    except OSError as error:
        raise WriteupError(f"{path}: cannot be read: {error.strerror}") from None
