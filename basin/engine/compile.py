"""How kernels are compiled: lane width, strict floating point, no aliasing, and a cache that is never stale.

Every compiled function of the engine is defined with one of the decorators below. `lane` is a function of one lane, always
inlined, so that a loop over lanes turns into SIMD instructions; the others are functions of a whole block.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import llvmlite.binding
import numba
import platformdirs
from numba.core.codegen import get_host_cpu_features
from numba.core.compiler import CompilerBase, DefaultPassBuilder

F = TypeVar("F", bound=Callable[..., Any])

# The number of lanes of a block. It is a constant of the compiled code, so it is part of the cache's key.
LANES = int(os.environ.get("BASIN_LANES", "64"))
if LANES not in (16, 32, 64, 128):
    raise ValueError(f"BASIN_LANES = {LANES}: one of 16, 32, 64, 128")

# Agents that meet rare evidence are gathered into batches of this many. A constant, so that loops over them have no
# prologues: with a width known only at run time, these short loops took twice as long.
BATCH = 16


def cache_directory(*packages: Path) -> str:
    """A directory named by everything the machine code depends on beyond one function's own source file.

    packages: the folders whose sources it is made from. Numba checks only the file of the outermost function (numba#1833),
    so a change in a helper of another module, or of the lane width, would be served stale code.
    """
    digest = hashlib.sha256(f"{numba.__version__} {LANES}".encode())
    for package in packages:
        for source in sorted(package.glob("*.py")):
            digest.update(source.name.encode() + source.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("basin")
    directory = Path(base) / f"kernels-{digest.hexdigest()[:16]}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError:
        directory = Path(tempfile.mkdtemp(prefix="basin-kernels-"))
        warnings.warn(f"{base} is not writable: kernels are compiled anew, into {directory}", stacklevel=2)
    return str(directory)


CACHE_DIRECTORY = cache_directory(Path(__file__).parent)


def _prefer_wide_vectors() -> None:
    """Let LLVM use 512-bit vectors where the processor has them. It prefers 256 bits, since early ones slowed down for wide
    vectors; these kernels gain a sixth. Read when Numba first compiles; what a user has set stays."""
    if numba.config.CPU_NAME is None and numba.config.CPU_FEATURES is None:
        features = get_host_cpu_features()
        if "+avx512f" in features:
            numba.config.CPU_FEATURES = f"{features},-prefer-256-bit"


_prefer_wide_vectors()


def _keep_short_loops() -> None:
    """Let LLVM turn loops over a batch into vectors: it would write out all of their 16 turns first, and then see none.

    The setting holds for the process and may be made only once in it, even if this module is loaded twice.
    """
    if not hasattr(llvmlite.binding, "basin_keeps_short_loops"):
        llvmlite.binding.set_option("basin", "-unroll-full-max-count=12")
        llvmlite.binding.basin_keeps_short_loops = True


_keep_short_loops()


class _NoAlias(CompilerBase):  # type: ignore[misc]
    """Numba's ordinary pipeline, with the promise to LLVM that array arguments do not overlap."""

    def define_pipelines(self) -> list[Any]:
        self.state.flags.noalias = True
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]


# Python calls only `lane` and `entry` functions. The others have no wrappers, which would be most of the compiling; called
# from Python they crash. And only those that make arrays count references: a block hands a thousand array references
# around in every episode, and counting them took a third of the time.
_INTERNAL: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def define(function: F, directory: str = CACHE_DIRECTORY, **options: Any) -> F:
    """Compile a function as all kernels are, and keep its machine code in this directory."""
    outer = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = directory  # read when the function is defined; other packages keep their own
    try:
        compiled: F = numba.njit(nogil=True, cache=True, error_model="numpy", pipeline_class=_NoAlias, **options)(function)
        return compiled
    finally:
        numba.config.CACHE_DIR = outer


def lane(function: F) -> F:
    """A function of one lane (scalars in, scalars out), inlined into the loops that call it."""
    return define(function, forceinline=True, _nrt=False, no_cfunc_wrapper=True)


def stage(function: F) -> F:
    """A part of an episode, inlined into it: handing a block's arrays to a call costs as much as some stages do."""
    return define(function, forceinline=True, _nrt=False, **_INTERNAL)


def spliced(function: F) -> F:
    """A stage that returns arrays: its lines become lines of the caller before types are inferred."""
    return define(function, inline="always", _nrt=False, **_INTERNAL)


def kernel(function: F) -> F:
    """A function of a whole block that is called, not inlined. Its array arguments must not overlap."""
    return define(function, _nrt=False, **_INTERNAL)


def allocating(function: F) -> F:
    """A kernel that makes arrays of its own."""
    return define(function, _nrt=True, **_INTERNAL)


def making(function: F) -> F:
    """A kernel that Python calls, and that makes arrays of its own."""
    return define(function, _nrt=True, no_cfunc_wrapper=True)


def entry(function: F) -> F:
    """A kernel that Python calls."""
    return define(function, _nrt=False, no_cfunc_wrapper=True)
