"""Drawing in turns: one page after the other, and nobody held up by one that waits."""

from __future__ import annotations

import threading

import pytest


@pytest.fixture
def turns(app):
    import turns

    return turns


def started(target):
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread


def test_pages_are_drawn_one_after_the_other(turns):
    busy, most, drawn, met = [], [], [], threading.Barrier(4)

    def page():
        met.wait(10)
        for _ in range(50):
            with turns.turn(), turns.turn():  # a part of the page is within the page's turn
                busy.append(1)
                most.append(len(busy))
                busy.pop()
        drawn.append(1)

    for thread in [started(page) for _ in range(4)]:
        thread.join(30)
    assert len(drawn) == 4 and set(most) == {1}


def test_a_page_that_waits_lets_others_draw(turns):
    waits, other = threading.Event(), threading.Event()

    def waiting():
        with turns.turn():
            with turns.aside():
                waits.set()
                assert other.wait(10)
            with turns.aside(), turns.aside():
                pass

    thread = started(waiting)
    assert waits.wait(10)
    with turns.turn():
        other.set()
        thread.join(0.2)
        assert thread.is_alive()  # it goes on when this turn has ended
    thread.join(10)
    assert not thread.is_alive()


def test_what_goes_wrong_in_a_turn_ends_it(turns):
    with pytest.raises(ValueError, match="wrong"), turns.turn():
        raise ValueError("wrong")
    drawn = threading.Event()

    def next_one():
        with turns.turn():
            drawn.set()

    started(next_one)
    assert drawn.wait(10)


def test_aside_of_no_turn_is_nothing(turns):
    with turns.aside():
        pass
