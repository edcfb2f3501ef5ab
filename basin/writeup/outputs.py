"""The three forms of a write-up: a page with live figures, a PDF by way of typst, and Markdown with pictures for forums."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from basin import citing
from basin.figures.files import CONFIG, export
from basin.figures.theme import FONT, HEIGHT, INK, LINE, PAPER, QUIET, SMALL, bare
from basin.writeup.errors import WriteupError

if TYPE_CHECKING:
    import plotly.graph_objects as go

MARKDOWN = "markdown+yaml_metadata_block-implicit_figures"
LINKED = "--metadata=link-citations:true"  # forums drop what the links would lead to
NEEDS = 'writing needs pandoc and typst: pip install "basin[papers]"'
STYLE = f"""<style>
html {{ background: {PAPER}; color: {INK}; }}
body {{ max-width: 760px; margin: 0 auto; padding: 32px 16px; font: 17px/1.6 {FONT}; hyphens: none; }}
h1, h2, h3 {{ line-height: 1.25; margin: 1.6em 0 .4em; }}
h1.title {{ text-align: left; font-size: 32px; margin-top: 0; }}
header {{ text-align: left; margin: 0 0 24px; }}
.subtitle {{ font-size: 19px; color: {QUIET}; }}
a {{ color: #0072B2; }}
figure {{ margin: 32px 0; }}
figure .message {{ font-weight: 600; margin: 0; }}
figure .detail {{ color: {QUIET}; font-size: 15px; margin: 0 0 8px; }}
figcaption {{ font-size: 15px; color: {QUIET}; }}
figcaption code, code {{ font-size: {SMALL + 1}px; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ text-align: left; padding: 4px 16px 4px 0; border-bottom: 1px solid {LINE}; vertical-align: top; }}
blockquote {{ margin: 1em 0; padding-left: 16px; border-left: 3px solid {LINE}; color: {QUIET}; }}
.csl-entry {{ margin: .4em 0; padding-left: 1.5em; text-indent: -1.5em; }}
</style>
"""
SHEET = '{"papersize": "a4", "fontsize": "10pt", "margin": {"x": "1.8cm", "y": "2cm"}}'  # pandoc's own words
TYPST = """#set par(justify: true, leading: 0.62em)
#show figure.caption: set text(size: 8.5pt)
#show figure.caption: set align(left)
#show heading: set block(above: 1.4em, below: 0.7em)
#show table: set table(inset: (x: 6pt, y: 4pt))
#show raw: set text(size: 8pt)
#show figure.caption: it => { show raw: set text(size: 6.5pt); it }
#show <refs>: set text(size: 8.5pt)
"""


@dataclass(frozen=True)
class Document:
    """A filled text, in which a figure is `{{name}}` alone on its line. bibliography: the text's own, if it has one."""

    name: str
    body: str
    figures: dict[str, go.Figure]
    bibliography: Path | None

    def with_figures(self, place: Callable[[str, go.Figure], str]) -> str:
        body = self.body
        for name, fig in self.figures.items():
            body = body.replace(f"{{{{{name}}}}}", place(name, fig))
        return body

    @property
    def citations(self) -> list[str]:
        """What pandoc is told of citations."""
        files = [citing.FILE] if self.bibliography is None else [citing.FILE, self.bibliography]
        return ["--citeproc", *(f"--bibliography={file}" for file in files)]


def page(document: Document, out: Path) -> Path:
    """NAME.html: one file that asks nothing of the network; the figures can be hovered over and zoomed."""
    from plotly.offline import get_plotlyjs

    target = out / f"{document.name}.html"
    with tempfile.TemporaryDirectory() as folder:
        head = Path(folder) / "head.html"
        head.write_text(f"{STYLE}<script>{get_plotlyjs()}</script>\n", encoding="utf-8")
        text = document.with_figures(_live)
        options = ["--standalone", "--mathml", f"--include-in-header={head}", "--metadata=lang:en", LINKED]
        target.write_text(_pandoc(text, "html5", [*options, *document.citations]), encoding="utf-8")
    return target


def _live(name: str, fig: go.Figure) -> str:
    about, plot = fig.layout.meta, bare(fig).update_layout(autosize=True, width=None)
    tall = plot.layout.height or HEIGHT
    plot.layout.height = None
    drawing = plot.to_html(
        config=CONFIG, include_plotlyjs=False, full_html=False, div_id=f"figure-{name}", auto_play=False,
        default_height=f"{tall}px" if about.get("rows") else f"clamp({0.6 * max(tall, HEIGHT):g}px, 100vw, 640px)",
    )  # fmt: skip  # what is low to fit a page need not be so here
    said = {key: html.escape(str(about.get(key, ""))) for key in ("title", "detail", "caption", "alt", "command")}
    command = f"<br><code>{said['command']}</code>" if said["command"] else ""
    return (
        f'\n```{{=html}}\n<figure id="{name}">\n<p class="message">{said["title"]}</p>\n'
        f'<p class="detail">{said["detail"]}</p>\n'
        f'<div role="img" aria-label="{said["alt"]}">{drawing}</div>\n<figcaption>{said["caption"]}{command}</figcaption>\n'
        "</figure>\n```\n"
    )


def pdf(document: Document, out: Path) -> Path:
    """NAME.pdf, typeset by typst; the figures are drawn as vectors, two columns wide."""
    try:
        import typst
    except ImportError:
        raise WriteupError(NEEDS) from None
    target = out / f"{document.name}.pdf"
    with tempfile.TemporaryDirectory() as folder:
        for name, fig in document.figures.items():
            _drawn(fig, Path(folder) / name, "svg", columns=2)

        def place(name: str, fig: go.Figure) -> str:
            caption, command = _said(fig)
            return f"\n![{caption} {command}]({name}.svg){{width=100%}}\n"

        head, sheet = Path(folder) / "head.typ", Path(folder) / "sheet.json"
        head.write_text(TYPST, encoding="utf-8")
        sheet.write_text(SHEET, encoding="utf-8")
        options = ["--standalone", f"--include-in-header={head}", f"--metadata-file={sheet}", LINKED, *document.citations]
        source = _pandoc(document.with_figures(place), "typst", options, MARKDOWN.replace("-implicit", "+implicit"))
        (Path(folder) / "text.typ").write_text(source, encoding="utf-8")
        try:
            typst.compile(str(Path(folder) / "text.typ"), output=str(target))
        except Exception as error:  # typst's own, whose text is many lines
            raise WriteupError(f"{document.name}: typst: {str(error).splitlines()[0]}") from error
    return target


def markdown(document: Document, out: Path) -> Path:
    """NAME.md with NAME-files/*.png, which forums accept; citations are words already."""
    target, pictures = out / f"{document.name}.md", out / f"{document.name}-files"
    pictures.mkdir(exist_ok=True)
    for name, fig in document.figures.items():
        _drawn(fig, pictures / name, "png")

    def place(name: str, fig: go.Figure) -> str:
        caption, command = _said(fig)
        alt = _escaped(fig.layout.meta["alt"])
        return f"\n![{alt}]({pictures.name}/{name}.png)\n\n*{caption}*\n\n{command}\n"

    options = ["--wrap=none", "--standalone", *document.citations]
    target.write_text(_pandoc(document.with_figures(place), "gfm-raw_html-yaml_metadata_block", options), encoding="utf-8")
    return target


def _drawn(fig: go.Figure, stem: Path, suffix: str, columns: Literal[1, 2] | None = None) -> None:
    """Raises WriteupError where there is no browser to draw."""
    written = export(fig, stem, (suffix,), columns=columns)
    if written.note:
        raise WriteupError(written.note)


def _said(fig: go.Figure) -> tuple[str, str]:
    """The caption and the command that makes the figure again, as pandoc takes them; no command where there is none."""
    about = fig.layout.meta
    return _escaped(str(about["caption"])), f"`{about['command']}`" if about.get("command") else ""


def _escaped(text: str) -> str:
    """Words in which pandoc finds no markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>~^$@\"'" else letter for letter in text)


def _pandoc(text: str, to: str, options: list[str], source: str = MARKDOWN) -> str:
    try:
        import pypandoc
    except ImportError:
        raise WriteupError(NEEDS) from None
    try:
        return str(pypandoc.convert_text(text, to, format=source, extra_args=["--fail-if-warnings", *options]))
    except RuntimeError as error:  # its first warning says what is wrong: a citation that there is none of, say
        raise WriteupError(f"pandoc: {' '.join(str(error).split())[:300]}") from error


WRITERS: dict[str, Callable[[Document, Path], Path]] = {"html": page, "pdf": pdf, "md": markdown}
