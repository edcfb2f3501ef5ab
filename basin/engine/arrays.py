"""Arrays as kernels take them, for readers and for mypy. Numba compiles for what it is given, and reads no such hint."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Words = NDArray[np.uint64]
