"""Computing in the background: a queue for everyone, each result computed once and kept, with progress, stop and budget.

A page asks `result(key, compute, words)`. Whoever asked first pays; everyone who asks for the same waits for the same
computation. One that nobody waits for any more, because the reader moved on, ends within a moment. What takes a moment
only (`brief`) has a queue of its own, before which everything else gives way.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
import turns

KEPT = 48  # results; one of them takes a few MB at most
WAITING = 64  # computations in the queue, beyond which the app says that it is busy
FORGOTTEN = 10.0  # seconds without anyone waiting, after which a computation ends
LONGEST = float(os.environ.get("BASIN_APP_LONGEST", 180))  # seconds of one computation
BUDGET = float(os.environ.get("BASIN_APP_BUDGET", 600))  # seconds of computing that a session may use at once ...
REFILL = 0.5  # ... and how many it is given back each second
LOOK = 0.1  # seconds between looks at progress

Progress = Callable[[int, int], None]
Compute = Callable[[Progress], Any]


class Stopped(Exception):
    """Raised within a computation to end it."""


class Busy(Exception):
    """Nothing is computed now; the message says why and what to do."""


@dataclass
class Account:
    """What a session may still compute. Only computing counts: looking at what is known costs nothing."""

    left: float = BUDGET
    at: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        at = time.monotonic()
        self.left, self.at = min(BUDGET, self.left + REFILL * (at - self.at)), at
        return self.left


@dataclass
class Job:
    """One computation: waiting, running or done."""

    compute: Compute
    account: Account
    part: float = 0.0  # done, 0 to 1
    wanted: float = field(default_factory=time.monotonic)  # when somebody last waited for it
    stop: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None

    def run(self) -> None:
        began = time.monotonic()

        def progress(done: int, total: int) -> None:
            now = time.monotonic()
            self.part = min(1.0, done / total) if total else 0.0
            if self.stop or now - self.wanted > FORGOTTEN:
                raise Stopped
            if now - began > LONGEST:
                raise Busy(f"This takes longer than the {LONGEST:.0f} s that one computation may take here")

        try:
            if self.stop or began - self.wanted > FORGOTTEN:
                raise Stopped
            self.result = frozen(self.compute(progress))
        except BaseException as error:  # handed on to whoever waits
            self.error = error
        finally:
            self.account.now()
            self.account.left -= time.monotonic() - began
            self.done.set()


def give_way() -> None:
    """Let this thread, and those that it starts, compute only when no other thread of the app wants to."""
    if sys.platform == "linux":  # elsewhere threads have no priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class Desk:
    """All computations of this process: those under way, and the results that are kept."""

    def __init__(self) -> None:
        threads = max(1, os.cpu_count() or 1)
        self.brief = ThreadPoolExecutor(threads, thread_name_prefix="app-brief")
        self.long = ThreadPoolExecutor(threads, thread_name_prefix="app-long", initializer=give_way)
        self.lock = threading.Lock()
        self.jobs: dict[Hashable, Job] = {}
        self.known: OrderedDict[Hashable, Any] = OrderedDict()

    def look(self, key: Hashable) -> Any:
        """The result, or None where it is not known."""
        with self.lock:
            if key in self.known:
                self.known.move_to_end(key)
            return self.known.get(key)

    def job(self, key: Hashable, compute: Compute, account: Account, brief: bool = False) -> Job:
        """The computation of this key, begun if need be. Raises Busy."""
        with self.lock:
            job = self.jobs.get(key)
            if job is not None and not job.done.is_set() and not job.stop:
                return job
            if account.now() <= 0:
                wait = (1 - account.left) / REFILL
                raise Busy(f"This copy is shared, and you have used your part of it for now; ask again in {wait:.0f} s")
            if sum(not one.done.is_set() for one in self.jobs.values()) >= WAITING:
                raise Busy("Many people are computing here just now; ask again in a minute")
            job = self.jobs[key] = Job(compute, account)
        (self.brief if brief else self.long).submit(self._run, key, job)
        return job

    def stop(self, key: Hashable) -> None:
        """End a computation, if it is under way."""
        with self.lock:
            if key in self.jobs:
                self.jobs[key].stop = True

    def _run(self, key: Hashable, job: Job) -> None:
        job.run()
        with self.lock:
            if self.jobs.get(key) is job:
                del self.jobs[key]
            if job.error is None:
                self.known[key] = job.result
                while len(self.known) > KEPT:
                    self.known.popitem(last=False)


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    return Desk()


def known(*key: Hashable) -> Any:
    """A result that somebody has asked for before, or None."""
    return desk().look(key)


def stopped(*key: Hashable) -> bool:
    """Whether this reader has stopped this result, in time or not."""
    return str(hash(key)) in st.session_state.get("stopped", ())


def go_on(*key: Hashable) -> None:
    """Take that back."""
    st.session_state.get("stopped", set()).discard(str(hash(key)))


def result(key: tuple[Hashable, ...], compute: Compute, words: str, brief: bool = False) -> Any:
    """The result of this key, computed if it is not known, with its progress and a way to stop it drawn here.

    brief: whether computing it takes a second at most, so that it need not wait for what takes longer.

    None once the reader has stopped it, or where it is not computed here; the page has then been told why. Everyone gets
    the same object, so nobody may write to it. What `compute` raises as a ValueError is the caller's to explain.
    """
    found = known(*key)
    if found is not None:
        return found
    place, name = st.empty(), str(hash(key))
    stopped: set[str] = st.session_state.setdefault("stopped", set())
    if name in stopped:
        with place.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Stopped: {words}.")
            st.button("Go on", key=f"go-{name}", on_click=stopped.discard, args=(name,))
        return None
    try:
        while True:
            job = desk().job(key, compute, st.session_state.setdefault("account", Account()), brief)
            with turns.aside():
                _wait(job, place, words, key)
            if not isinstance(job.error, Stopped):  # somebody else who waited has stopped it, or left as we came
                break
    except Busy as reason:
        place.warning(f"{reason}. On your own machine there is no such limit.")
        return None
    if isinstance(job.error, Busy):
        place.warning(f"{job.error}. On your own machine there is no such limit.")
        return None
    place.empty()
    if job.error is not None:
        raise job.error
    return job.result


def _wait(job: Job, place: Any, words: str, key: Hashable) -> None:
    """Draw progress until the computation is done. The reader's next action ends the script here, not the computation."""
    bar = None
    while not job.done.wait(LOOK):
        job.wanted = time.monotonic()
        if bar is None:
            row = place.container(horizontal=True, vertical_alignment="center")
            bar = row.empty()
            row.button("Stop", key=f"stop-{hash(key)}", on_click=_stop, args=(key,))
        bar.progress(job.part, words + " …")


def _stop(key: Hashable) -> None:
    """The button's: it outlives the computation, so it holds the key and not the job with its result."""
    st.session_state["stopped"].add(str(hash(key)))
    desk().stop(key)


def frozen(result: Any) -> Any:
    """The same Dataset, which can no longer be written to; anything else as it is."""
    for variable in getattr(result, "variables", {}).values():
        if hasattr(variable.values, "flags"):
            variable.values.flags.writeable = False
    return result
