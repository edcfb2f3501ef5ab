"""What every page is made of: its question, charts, how to read them, how to get them elsewhere."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import sidebar
import streamlit as st
import uploads
import work

import basin

DRAWING = threading.Lock()  # one browser at a time draws pictures
CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False}
OPENED = False  # whether what reproduces a result is in view from the start
PICTURES = ("svg", "pdf", "png")
FORMATS = {"html": "Figure (HTML)", "svg": "SVG", "pdf": "PDF", "png": "PNG", "nc": "Data (netCDF)"}


def title(question: str, idea: str) -> None:
    """The page's one question, and in a line what it shows."""
    st.title(question, anchor=False)
    st.markdown(idea)


def try_this(prompt: str) -> None:
    """Something that makes the reader act."""
    st.markdown(f":material/touch_app: **Try this.** {prompt}")


def how_to_read(words: str) -> None:
    with st.expander("How do I read this?"):
        st.markdown(words)


def chart(figure: go.Figure, key: str, *, height: int | None = None, said: bool = True, **options: Any) -> Any:
    """A figure in the page's own theme: its message as text, its alt text for those who cannot see it.

    said: whether the message and detail of the figure are written above it.
    """
    about = figure.layout.meta
    if said and about.get("title"):
        st.markdown(f"**{about['title']}**")
        if about.get("detail"):
            st.caption(about["detail"])
    drawn = basin.figures.bare(figure)
    if height is not None:
        drawn.update_layout(height=height)
    return plot(themed(drawn), key, figure, **options)


def plot(drawn: go.Figure, key: str, figure: go.Figure, **options: Any) -> Any:
    """What has been made of a figure for the page, as it is; with the figure's alt text."""
    return st.plotly_chart(drawn, theme=None, config=CONFIG, key=key, alt=figure.layout.meta["alt"], **options)


def share(about: Mapping[str, Any], name: str = "aligned") -> str:
    """A share with half the width of its 95% interval: `62% ± 2%`."""
    return basin.figures.share(*(float(about[f"{name}{end}"]) for end in ("", "_low", "_high")))


def between(about: Mapping[str, Any], name: str = "aligned") -> str:
    """The interval itself: `60.1% to 63.9%`."""
    return f"{float(about[f'{name}_low']):.1%} to {float(about[f'{name}_high']):.1%}"


def themed(figure: go.Figure) -> go.Figure:
    """In the colours of a dark page, if this is one."""
    return basin.figures.dark(figure) if st.context.theme.type == "dark" else figure


def computed(key: tuple[Any, ...], compute: work.Compute, words: str, brief: bool = False) -> Any:
    """A result, or None: it has been stopped, or cannot be computed, and the page says why."""
    try:
        return work.result(key, compute, words, brief)
    except ValueError as error:  # the package's own errors: one line that says what is wrong
        st.warning(f"This cannot be computed. {error}")
        return None


def reproduce(
    chosen: sidebar.Chosen, dataset: Any, figure: go.Figure, extra: Mapping[str, Any] | None = None, command: str = "",
    drawn: str = "", name: str = "",
) -> None:  # fmt: skip
    """How to get the same result elsewhere, and files to take along.

    extra: changes beyond the chosen ones. command: for results whose figure knows none. drawn: the function that draws it,
    for results that several do. name: of the files, where a page has several results of one kind.
    """
    name, about = name or f"{chosen.base.name}-{drawn or dataset.attrs['basin']}", figure.layout.meta
    python, toml = source(chosen, dataset, extra, drawn), about.get("scenario_toml", "")
    again(name, python, about.get("command") or command, toml, dataset, figure)


def again(
    name: str, python: str, command: str, toml: str, dataset: Any, figure: go.Figure | None = None, file: str = "Scenario file"
) -> None:
    """The three ways to a result, and files to take along, made when a reader opens them: most look at the picture only.

    figure: none for a result that has no picture.
    """
    with st.expander("Reproduce and export", OPENED, key=f"again-{name}", on_change="rerun") as shown:
        if not shown.open:
            return
        for tab, text, language in zip(
            st.tabs(["Python", "Command line", file]), (python, command, toml), ("python", "bash", "toml"), strict=True
        ):
            tab.code(
                uploads.named(text), language, wrap_lines=language != "toml", height=240 if language == "toml" else "content"
            )
        downloads(name, dataset, figure)


def source(chosen: sidebar.Chosen, dataset: Any, extra: Mapping[str, Any] | None = None, drawn: str = "") -> str:
    """The lines of Python that compute and draw a result again."""
    draw = drawn or basin.figures.KINDS[dataset.attrs["basin"]]
    lines = [*sidebar.python(chosen, extra), f"result = {dataset.attrs['call']}"]
    return "\n".join([*lines, f"basin.figures.{draw}(result).show()", ""])


def downloads(name: str, dataset: Any, figure: go.Figure | None) -> None:
    """A button for each format; files are made when they are asked for."""
    with st.container(horizontal=True):
        for suffix, label in FORMATS.items():
            if figure is None and suffix != "nc":
                continue
            make = (lambda: data(dataset)) if suffix == "nc" else (lambda suffix=suffix: picture(figure, suffix))
            file = f"{name}.{suffix}"
            st.download_button(label, make, file, key=f"{name}-{suffix}", on_click="ignore")


def picture(figure: go.Figure, suffix: str) -> bytes:
    """A figure as a page that needs no network, or as a picture; where nothing can draw one, a text that says why."""
    with tempfile.TemporaryDirectory() as folder, DRAWING if suffix in PICTURES else contextlib.nullcontext():
        written = basin.figures.export(figure, Path(folder) / "figure", (suffix,))
        return written[0].read_bytes() if written else written.note.encode()


def data(dataset: Any) -> bytes:
    """A Dataset as netCDF."""
    with tempfile.TemporaryDirectory() as folder:
        return basin.datasets.save(dataset, Path(folder) / "data.nc").read_bytes()
