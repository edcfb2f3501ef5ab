"""The script beside a text: which results it computes, which figures it draws, and what each is made from."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from basin.writeup.errors import WriteupError

F = TypeVar("F", bound=Callable[..., Any])

FILE = "figures.py"
QUICK = "quick"  # the argument that says whether sizes are small
ASIDE = (
    "cli",
    "figures",
    "writeup",
    "citing.py",
    "references.bib",
    "__pycache__",
)  # parts of the package that no result depends on


def result(function: F) -> F:
    """Mark a function that computes a Dataset, or a dictionary of numbers and words that may hold dictionaries.

    Its arguments are other results by their names, and `quick`: whether small sizes are enough.
    """
    function.__dict__["part"] = "result"
    return function


def figure(function: F) -> F:
    """Mark a function that draws results, which are its arguments by their names, as one of `basin.figures` does."""
    function.__dict__["part"] = "figure"
    return function


@dataclass(frozen=True)
class Script:
    """A script that has been read."""

    path: Path
    module: ModuleType

    @classmethod
    def read(cls, folder: Path) -> Script:
        """One that does nothing where there is none: a text may show nothing. Raises WriteupError where it cannot be run."""
        path = folder / FILE
        if not path.is_file():
            return cls(path, ModuleType("nothing"))
        name = f"basin_writeup_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise WriteupError(f"{path}: {type(error).__name__}: {error}") from error
        script = cls(path, module)
        for function in (script.results | script.figures).values():
            script.wants(function)
        return script

    def _parts(self, kind: str) -> dict[str, Callable[..., Any]]:
        return {name: value for name, value in vars(self.module).items() if getattr(value, "part", None) == kind}

    @cached_property
    def results(self) -> dict[str, Callable[..., Any]]:
        return self._parts("result")

    @cached_property
    def figures(self) -> dict[str, Callable[..., Any]]:
        return self._parts("figure")

    def wants(self, function: Callable[..., Any]) -> list[str]:
        """The results that a function is given, by name. Raises WriteupError for one that there is none of."""
        names = [name for name in inspect.signature(function).parameters if name != QUICK]
        for name in names:
            if name not in self.results:
                raise WriteupError(f"{self.path}: {function.__name__} asks for {name!r}, which is no result of this script")
        return names

    def takes_quick(self, function: Callable[..., Any]) -> bool:
        return QUICK in inspect.signature(function).parameters

    def key(self, name: str, quick: bool, above: tuple[str, ...] = ()) -> str:
        """What a result is made from: its function with all that it uses of the script, what it is given, the package, and
        the size."""
        if name in above:
            raise WriteupError(f"{self.path}: {name} is made from itself")
        function = self.results[name]
        given = [self.key(one, quick, (*above, name)) for one in self.wants(function)]
        size = str(quick) if self.takes_quick(function) else ""
        text = "\n".join([*self._source(name), package_hash(), size, *given])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def _defined(self) -> dict[str, list[ast.stmt]]:
        """The script's statements by the names that they define; under the empty name, those that define none."""
        found: dict[str, list[ast.stmt]] = {"": []}
        for node in ast.parse(self.path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = [node.name]
            else:
                names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
            for name in names or [""]:
                found.setdefault(name, []).append(node)
        return found

    def _source(self, name: str) -> list[str]:
        """The function of a result, and everything in the script that it uses, or that what it uses uses."""
        wanted, known = [name, ""], {}
        while wanted:
            one = wanted.pop()
            if one in known or one not in self._defined or (one != name and one in {**self.results, **self.figures}):
                continue
            known[one] = [ast.dump(node) for node in self._defined[one]]
            wanted += [part.id for node in self._defined[one] for part in ast.walk(node) if isinstance(part, ast.Name)]
        return [text for one in sorted(known) for text in known[one]]


@cache
def package_hash() -> str:
    """Of everything in the package that a result may depend on."""
    found = hashlib.sha256()
    home = Path(__file__).parent.parent
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        if path.is_file() and not set(inside.parts) & set(ASIDE):
            found.update(str(inside).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
