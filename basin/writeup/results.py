"""Results of a write-up, kept beside its builds until what they are made from changes."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xarray as xr

from basin import datasets
from basin.writeup.errors import WriteupError
from basin.writeup.script import QUICK, Script

Say = Callable[[str], None]


class Results:
    """The results of one script, computed when they are asked for."""

    def __init__(self, script: Script, folder: Path, quick: bool, check: bool = False, say: Say = lambda line: None) -> None:
        """folder: where they are kept. check: compute nothing; what is not fresh is an error. say: told what is done."""
        self.script, self.folder, self.quick, self.check, self.say = script, folder, quick, check, say
        self.known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """A Dataset or a dictionary. Raises WriteupError for one that there is none of, or that may not be computed."""
        if name not in self.script.results:
            known = ", ".join(self.script.results) or "none"
            raise WriteupError(f"{name!r} is no result of {self.script.path}; known are {known}")
        if name not in self.known:
            self.known[name] = self._kept(name) if self._fresh(name) else self._computed(name)
        return self.known[name]

    def arguments(self, function: Callable[..., Any]) -> dict[str, Any]:
        quick = {QUICK: self.quick} if self.script.takes_quick(function) else {}
        return {name: self[name] for name in self.script.wants(function)} | quick

    def _about(self, name: str) -> dict[str, Any]:
        try:
            about = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return about if isinstance(about, dict) else {}

    def _fresh(self, name: str) -> bool:
        about = self._about(name)
        fresh = about.get("key") == self.script.key(name, self.quick)
        if self.check and not fresh:
            state = "stale: what it is made from has changed" if about else "missing"
            raise WriteupError(f"{self.script.path}: the result {name!r} is {state}; `basin paper build` computes it")
        return fresh

    def _kept(self, name: str) -> Any:
        about = self._about(name)
        return about["numbers"] if "numbers" in about else datasets.open(self.folder / f"{name}.nc")

    def _computed(self, name: str) -> Any:
        function = self.script.results[name]
        given = self.arguments(function)
        self.say(f"computing {name} …")
        began = time.monotonic()
        found = function(**given)
        about = {"key": self.script.key(name, self.quick), "seconds": round(time.monotonic() - began, 1)}
        self.folder.mkdir(parents=True, exist_ok=True)
        if isinstance(found, xr.Dataset):
            datasets.save(found, self.folder / f"{name}.nc")
        elif isinstance(found, dict):
            about["numbers"] = found = _numbers(found, f"{self.script.path}: {name}")
        else:
            raise WriteupError(f"{self.script.path}: {name} returned a {type(found).__name__}, not a Dataset or a dictionary")
        partial = self.folder / f".{name}.json.part"
        partial.write_text(json.dumps(about, indent=1, sort_keys=True), encoding="utf-8")
        partial.replace(self.folder / f"{name}.json")  # last: a result without it is computed again
        return found


def share(found: xr.Dataset, name: str = "share") -> dict[str, float]:
    """A share and its 95% interval, as texts find them: NAME, NAME_low, NAME_high. found: of one outcome."""
    return {f"{name}{end}": float(found[key]) for end, key in {"": "share", "_low": "low", "_high": "high"}.items()}


def _numbers(found: Any, where: str) -> Any:
    """The same with plain numbers. Raises WriteupError for anything that is no number or word, or no finite one."""
    if isinstance(found, dict):
        return {str(key): _numbers(value, f"{where}.{key}") for key, value in found.items()}
    plain = found.item() if hasattr(found, "item") else found
    if isinstance(plain, float) and not math.isfinite(plain):
        raise WriteupError(f"{where} is {plain}")
    if not isinstance(plain, str | int | float):
        raise WriteupError(f"{where} is a {type(found).__name__}, not a number or a word")
    return plain
