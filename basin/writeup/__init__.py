"""Write-ups: texts whose numbers and figures come from results, built as a page, a PDF and Markdown.

    papers/NAME/
      text.md          pandoc's Markdown. {{ result.key | format }} is a number, {{ figure NAME }}, alone on a line, a figure
      figures.py       functions marked @result, which compute, and @figure, which draw
      references.bib   what the text cites beyond `basin cite --all`, if anything

    basin.writeup.build("papers/NAME")

A text that asks for a number or a figure that there is none of is not built.
"""

from basin.writeup.build import build
from basin.writeup.errors import WriteupError
from basin.writeup.results import share
from basin.writeup.script import figure, result

__all__ = ["WriteupError", "build", "figure", "result", "share"]
