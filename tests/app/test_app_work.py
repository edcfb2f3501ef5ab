"""Computing in the background: once for everyone, stopped, forgotten, limited."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest


@pytest.fixture
def work(app, monkeypatch):
    monkeypatch.setattr(app, "FORGOTTEN", 0.3)
    return app


def waited(job, seconds=10):
    """Wait for a computation as a page does."""
    end = time.monotonic() + seconds
    while not job.done.wait(0.02):
        job.wanted = time.monotonic()
        assert time.monotonic() < end
    return job


def endless(progress):
    while True:
        progress(1, 2)
        time.sleep(0.01)


def test_a_result_is_computed_once_for_all_who_wait(work):
    desk, begun, gate = work.Desk(), [], threading.Event()

    def compute(progress):
        begun.append(1)
        assert gate.wait(10)
        return 7

    first, second = (desk.job("key", compute, work.Account()) for _ in range(2))
    assert first is second
    gate.set()
    assert waited(first).result == 7 and begun == [1]
    for _ in range(100):  # it is on the shelf a moment after
        if desk.look("key") is not None:
            break
        time.sleep(0.01)
    assert desk.look("key") == 7


def test_what_nobody_waits_for_ends(work):
    desk = work.Desk()
    job = desk.job("key", endless, work.Account())
    assert job.done.wait(5) and isinstance(job.error, work.Stopped)
    assert desk.look("key") is None


def test_a_stopped_computation_ends_and_can_be_asked_for_again(work):
    desk = work.Desk()
    job = desk.job("key", endless, work.Account())
    job.stop = True
    again = desk.job("key", lambda progress: 3, work.Account())
    assert again is not job and waited(again).result == 3
    assert isinstance(waited(job).error, work.Stopped)


def test_a_long_computation_ends_with_a_reason(work, monkeypatch):
    monkeypatch.setattr(work, "LONGEST", 0.2)
    job = waited(work.Desk().job("key", endless, work.Account()))
    assert isinstance(job.error, work.Busy) and "longer than" in str(job.error)


def test_a_session_that_has_used_its_part_waits(work, monkeypatch):
    monkeypatch.setattr(work, "BUDGET", 0.2)
    desk, account = work.Desk(), work.Account(0.2)
    waited(desk.job("key", lambda progress: time.sleep(0.5), account))
    with pytest.raises(work.Busy, match="ask again in"):
        desk.job("other", lambda progress: 1, account)
    assert waited(desk.job("other", lambda progress: 1, work.Account())).result == 1  # others are not held up
    account.at -= 10  # seconds later
    assert waited(desk.job("third", lambda progress: 1, account)).result == 1


def test_the_queue_ends_somewhere(work, monkeypatch):
    monkeypatch.setattr(work, "WAITING", 3)
    desk, gate = work.Desk(), threading.Event()
    jobs = [desk.job(key, lambda progress: gate.wait(10), work.Account()) for key in range(3)]
    with pytest.raises(work.Busy, match="Many people"):
        desk.job(3, lambda progress: 1, work.Account())
    gate.set()
    for job in jobs:
        waited(job)


def test_what_takes_a_moment_does_not_wait_for_what_takes_longer(work):
    desk, gate = work.Desk(), threading.Event()
    jobs = [desk.job(key, lambda progress: gate.wait(10), work.Account()) for key in range(20)]
    assert waited(desk.job("brief", lambda progress: 1, work.Account(), brief=True)).result == 1
    assert not any(job.done.is_set() for job in jobs)
    gate.set()
    for job in jobs:
        waited(job)


def test_stop_ends_the_computation_of_a_key_and_no_other(work):
    desk, gate = work.Desk(), threading.Event()
    one, other = desk.job("one", endless, work.Account()), desk.job("other", lambda progress: gate.wait(10), work.Account())
    desk.stop("one")
    desk.stop("never asked for")
    assert isinstance(waited(one).error, work.Stopped) and not other.stop
    gate.set()
    assert waited(other).error is None


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux only: run it there")
def test_long_computations_give_way(work):
    def priority(progress):
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    desk = work.Desk()
    long, brief = desk.job("long", priority, work.Account()), desk.job("brief", priority, work.Account(), brief=True)
    assert waited(long).result > waited(brief).result == os.getpriority(os.PRIO_PROCESS, 0)


def test_only_so_many_results_are_kept_the_latest_used(work, monkeypatch):
    monkeypatch.setattr(work, "KEPT", 3)
    desk = work.Desk()
    for key in range(3):
        waited(desk.job(key, lambda progress, key=key: key + 1, work.Account()))
    time.sleep(0.1)
    desk.look(0)
    waited(desk.job(3, lambda progress: 4, work.Account()))
    time.sleep(0.1)
    assert sorted(desk.known) == [0, 2, 3]


def test_what_goes_wrong_is_handed_to_who_waits(work):
    def wrong(progress):
        raise ValueError("no such start")

    assert str(waited(work.Desk().job("key", wrong, work.Account())).error) == "no such start"
