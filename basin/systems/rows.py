"""One lane's numbers of a block (tiles, numbers, lanes): as a tuple, and back.

Written out for each length: of a loop over the numbers LLVM cannot tell that rows do not overlap, and the loop over lanes
around it stays scalar, five times slower.
"""

from __future__ import annotations

from collections.abc import Callable

from basin.systems.compile import lane
from basin.systems.steps import State
from basin.systems.system import Numbers


@lane
def _load_1(r: Numbers, t: int, l: int) -> State:
    return (r[t, 0, l],)


@lane
def _load_2(r: Numbers, t: int, l: int) -> State:
    return r[t, 0, l], r[t, 1, l]


@lane
def _load_3(r: Numbers, t: int, l: int) -> State:
    return r[t, 0, l], r[t, 1, l], r[t, 2, l]


@lane
def _load_4(r: Numbers, t: int, l: int) -> State:
    return r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l]


@lane
def _load_5(r: Numbers, t: int, l: int) -> State:
    return r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l]


@lane
def _load_6(r: Numbers, t: int, l: int) -> State:
    return r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l], r[t, 5, l]


@lane
def _load_7(r: Numbers, t: int, l: int) -> State:
    return r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l], r[t, 5, l], r[t, 6, l]


@lane
def _load_8(r: Numbers, t: int, l: int) -> State:
    return r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l], r[t, 5, l], r[t, 6, l], r[t, 7, l]


@lane
def _store_1(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l] = x[0]


@lane
def _store_2(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l], r[t, 1, l] = x


@lane
def _store_3(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l], r[t, 1, l], r[t, 2, l] = x


@lane
def _store_4(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l] = x


@lane
def _store_5(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l] = x


@lane
def _store_6(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l], r[t, 5, l] = x


@lane
def _store_7(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l], r[t, 5, l], r[t, 6, l] = x


@lane
def _store_8(r: Numbers, t: int, l: int, x: State) -> None:
    r[t, 0, l], r[t, 1, l], r[t, 2, l], r[t, 3, l], r[t, 4, l], r[t, 5, l], r[t, 6, l], r[t, 7, l] = x


Load = Callable[[Numbers, int, int], State]
Store = Callable[[Numbers, int, int, State], None]

_LOADS: tuple[Load, ...] = (_load_1, _load_2, _load_3, _load_4, _load_5, _load_6, _load_7, _load_8)
_STORES: tuple[Store, ...] = (_store_1, _store_2, _store_3, _store_4, _store_5, _store_6, _store_7, _store_8)


def load(numbers: int) -> Load:
    """The lane function (rows, tile, lane) -> tuple of so many numbers, 1 to 8."""
    return _LOADS[numbers - 1]


def store(numbers: int) -> Store:
    """The lane function (rows, tile, lane, tuple) that puts so many numbers."""
    return _STORES[numbers - 1]
