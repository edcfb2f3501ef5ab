"""Figures as files: pages that need no network, pictures for print, data, and what stands beside a picture in a text."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Literal

from basin.figures.errors import FigureError
from basin.figures.theme import FONT, HEIGHT, INK, PAPER, PRINTED, QUIET, SMALL, TEXT, TITLE, WIDTH, bare, fit, printed
from basin.figures.words import listed

if TYPE_CHECKING:
    import plotly.graph_objects as go

FORMATS = ("html", "svg", "pdf", "png", "json", "md")
PICTURES = ("svg", "pdf", "png")  # a browser draws these
ON_PAPER = {"svg": 96 / PRINTED, "pdf": 96 / PRINTED, "png": 300 / PRINTED}  # the column's width, and 300 dots an inch
LIBRARY = "plotly.min.js"  # the name that plotly's own pages look for
SCALE = 2  # pixels of a PNG per px
CONFIG = {"displaylogo": False, "showSendToCloud": False, "responsive": True, "displayModeBar": False}


class Exported(list[Path]):
    """The files that were written; `note` says in one line why some were not, and how to get them, or is empty."""

    note: str = ""


def export(
    fig: go.Figure,
    stem: str | os.PathLike[str],
    formats: Sequence[str] = FORMATS,
    *,
    width: int | None = None,
    height: int | None = None,
    columns: Literal[1, 2] | None = None,
    shared: bool = False,
) -> Exported:
    """Write a figure to STEM.html, STEM.svg and so on; each file whole or not at all. Returns the files' paths.

    HTML is one file with plotly.js inside that asks nothing of the network, or with `shared` a small one that reads
    `plotly.min.js` beside it, which is written too and serves any number of figures. HTML and JSON are the same bytes for the
    same figure. SVG, PDF and PNG (at twice the size in pixels) are `width` by `height` px, 1200 by the figure's own height
    unless given, or with `columns` set for print (`basin.figures.printed`); they need kaleido and a Chrome or Chromium.
    Without, the rest is written and `note` says what to do.
    MD holds the caption, the alt text, and what reproduces the figure. Raises FigureError for an unknown format, a size
    that is none, or a file that cannot be written.

    >>> fig = basin.figures.map(basin.map("value-learner", n=3, runs=1))
    >>> [path.name for path in basin.figures.export(fig, "map", ("html", "md"))]
    ['map.html', 'map.md']
    """
    wanted = [formats] if isinstance(formats, str) else list(dict.fromkeys(formats))
    for name in wanted:
        if name not in FORMATS:
            raise FigureError(f"{name!r} is no format of a figure; known are {listed(list(FORMATS))}")
    picture = fig
    if columns is not None:
        picture = printed(fig, columns)
        width, height = width or int(picture.layout.width), height or int(picture.layout.height)
    width = WIDTH if width is None else width
    height = height if height is not None else fig.layout.height or HEIGHT
    if not (50 <= width <= 10_000 and 50 <= height <= 10_000):
        raise FigureError(f"a figure of {width} × {height} px: sides go from 50 to 10000 px")
    stem = Path(stem)
    written = Exported()
    texts = {"html": lambda: page(fig, shared), "json": lambda: _json(fig), "md": lambda: _markdown(fig, stem.name, wanted)}
    for name in wanted:
        if name in texts:
            written.append(_write(stem, name, texts[name]().encode()))
    if shared and "html" in wanted:
        from plotly.offline import get_plotlyjs

        library = stem.with_name(LIBRARY.removesuffix(".js"))
        written.append(_write(library, "js", get_plotlyjs().encode()))
    pictures = [name for name in wanted if name in PICTURES]
    if pictures:
        from basin.figures.browser import NoBrowser, draw

        scales = dict.fromkeys(pictures, SCALE) if columns is None else {name: ON_PAPER[name] for name in pictures}
        try:
            for name, content in draw(fit(_copy(picture), width), scales, width, height).items():
                written.append(_write(stem, name, content))
        except NoBrowser as reason:
            written.note = f"No {listed([name.upper() for name in pictures])}: {reason}"
    return written


def page(fig: go.Figure, shared: bool = False) -> str:
    """A figure as a page of its own, for any width of screen. shared: plotly.js stands beside it, not inside."""
    about = _about(fig)
    plot = bare(fig).update_layout(autosize=True, width=None)
    tall = plot.layout.height or HEIGHT
    plot.layout.height = None  # the page gives it one, lower where it is narrow
    lowest = tall if about.get("rows") else 0.75 * tall  # rows of words do not give way
    lowest_to_tall = f"clamp({lowest:g}px, 110vw, {tall}px)"
    drawing = plot.to_html(
        config=CONFIG,
        include_plotlyjs="directory" if shared else True,
        full_html=False,
        div_id="figure",
        default_height=lowest_to_tall,
        auto_play=False,
    )
    words = {key: html.escape(str(about.get(key, ""))) for key in ("title", "detail", "caption", "alt", "command")}
    return PAGE.substitute(
        words, drawing=drawing, font=FONT, ink=INK, quiet=QUIET, paper=PAPER, large=TITLE, text=TEXT, small=SMALL
    )


PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>$title</title>
<style>
body { margin: 0 auto; max-width: 1200px; padding: 16px; font: ${text}px/1.5 $font; color: $ink; background: $paper; }
h1 { margin: 0; font-size: ${large}px; font-weight: 600; }
p { margin: 0 0 8px; color: $quiet; }
figure { margin: 0; }
figcaption { margin-top: 16px; }
code { font-size: ${small}px; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>$title</h1>
<p>$detail</p>
<figure>
<div role="img" aria-label="$alt">$drawing</div>
<figcaption>$caption<br><code>$command</code></figcaption>
</figure>
</body>
</html>
""")


def _about(fig: go.Figure) -> dict[str, Any]:
    """What our own figures say of themselves; other people's may keep anything there, or nothing."""
    return fig.layout.meta if isinstance(fig.layout.meta, dict) else {}


def _json(fig: go.Figure) -> str:
    return json.dumps(json.loads(fig.to_json()), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _markdown(fig: go.Figure, name: str, wanted: Sequence[str]) -> str:
    """What stands beside the picture in a text, and what reproduces it."""
    about = _about(fig)
    lines = [f"![{about.get('alt', '')}]({name}.png)", ""] if "png" in wanted else [f"Alt text: {about.get('alt', '')}", ""]
    lines += [str(about.get("caption", "")), ""]
    kept = {"Scenario": "scenario", "Hash": "scenario_hash", "Seed": "seed", "Version": "basin_version"}
    lines += [f"- {word}: {about[key]}" for word, key in kept.items() if about.get(key)]
    lines += [f"- {word}: `{about[key]}`" for word, key in {"Command": "command", "Python": "call"}.items() if about.get(key)]
    if about.get("scenario_toml"):
        lines += ["", "The scenario:", "", "```toml", str(about["scenario_toml"]).strip(), "```"]
    return "\n".join(lines) + "\n"


def _copy(fig: go.Figure) -> go.Figure:
    return type(fig)(fig)


def _write(stem: Path, suffix: str, content: bytes) -> Path:
    """Write STEM.SUFFIX, whole or not at all."""
    target = stem.with_name(f"{stem.name}.{suffix}")
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(content)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise FigureError(f"{target}: cannot be written: {getattr(error, 'strerror', None) or error}") from None
    return target
