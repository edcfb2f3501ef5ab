"""Published measurements of how a corpus shapes what a model is like; the numbers and their sources stand in a TOML file."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("published.toml")


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def alignment_pretraining() -> dict[str, Any]:
    """`source`, `synthetic_share`, and shares of misaligned answers: `misaligned` and `after_post_training`, by corpus."""
    return _tables()["alignment_pretraining"]


def safety_pretraining() -> dict[str, Any]:
    """`source`, and `attack_success`: shares of attacks that succeed, by rung of a ladder of measures."""
    return _tables()["safety_pretraining"]
