"""How the systems' kernels are compiled: as the engine's, in a cache of their own; new systems leave that one be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache

from basin.engine import compile as engine

F = TypeVar("F", bound=Callable[..., Any])

CACHE_DIRECTORY = engine.cache_directory(Path(engine.__file__).parent, Path(__file__).parent)


def lane(function: F) -> F:
    """A function of one lane (scalars in, scalars out), inlined into the loops that call it."""
    return engine.define(function, CACHE_DIRECTORY, forceinline=True, _nrt=False, no_cfunc_wrapper=True)


def kernel(function: F) -> F:
    """A function of arrays that Python calls. Its array arguments must not overlap."""
    return engine.define(function, CACHE_DIRECTORY, no_cfunc_wrapper=True)


class _NamedCache(FunctionCache):  # type: ignore[misc]
    """A cache for one of many functions with the same source, told apart by a name."""

    name = ""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return sig, codegen.magic_tuple(), self.name


def kernel_for(name: str) -> Callable[[F], F]:
    """`kernel` for a function that is made by another one, around a lane function of its own: `name` says around which.

    Numba would tell such functions apart by what they enclose, and that differs in each process. The directory holds for
    one state of all sources, so that a name is enough.
    """

    def make(function: F) -> F:
        made = kernel(function)
        if isinstance(getattr(made, "_cache", None), FunctionCache):
            outer = numba.config.CACHE_DIR
            numba.config.CACHE_DIR = CACHE_DIRECTORY
            try:
                made._cache = _NamedCache(made.py_func)  # type: ignore[attr-defined]
            finally:
                numba.config.CACHE_DIR = outer
            made._cache.name = name  # type: ignore[attr-defined]
        return made

    return make
