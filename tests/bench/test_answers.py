"""Answers come sooner than from a dense grid, and are the same."""

import numpy as np
import pytest

from tests.bench import answers, answers_boundary, answers_share, answers_tipping

PENDULUM = answers.CASES[2]
SMALL = answers.Size(half_width=0.02, resolution=128, block=4, values=26, starts=0.1)


def test_all_answers_about_the_pendulum_are_those_of_the_grid():
    """A false alarm in at most 5 of 1,000 seeds."""
    found = list(answers.duels(SMALL, [PENDULUM]))
    assert [len(duel.ours) for duel in found] == [3, 1, 2, 1]
    assert all(same for duel in found for same in duel.same)
    boundary = found[1]
    assert boundary.grid.evaluations == 129**2 > boundary.ours[0].evaluations > 0


def test_a_row_says_how_many_times_fewer_and_why_ours_loses():
    def answer(evaluations, seconds):
        return answers.Answer("by", "text", None, evaluations, seconds, "more are needed")

    duel = answers.Duel("q", "t", (answer(10, 1.0), answer(400, 1.0), answer(10, 8.0)), answer(100, 4.0), (True, False, True))
    rows = answers.rows(duel)
    assert [row[6:] for row in rows[:3]] == [
        ("10×", "1", "4", "4×", "yes", ""),
        ("0.25×", "1", "4", "4×", "NO", "more are needed"),
        ("10×", "8", "4", "0.5×", "yes", answers.CHEAP),
    ]
    assert len({len(row) for row in rows}) == 1 == len({len(row) for row in [*rows, answers.HEAD]})


def test_a_pooled_line_states_its_error():
    """P rises along x: the line is at ½, and nearly all of it lies as near as it says."""
    side = 0.5 + 3 * np.linspace(-0.5, 0.5, 257)
    chance = np.random.default_rng(1).random((257, 257))
    size = answers.Size(0.01, 256, 16, 51, 1.0)
    line = answers_boundary.pooled((chance < side[:, None]).astype(np.float32), size)
    assert (np.abs(line.points[:, 0] - 0.5) <= line.error).mean() > 0.9
    moved = answers_boundary.Line(line.points + np.array([0.2, 0]), line.error)
    assert answers_boundary.alike(line, line) and not answers_boundary.alike(line, moved)


def test_where_a_share_first_passes_a_half():
    values = np.array([0.0, 1.0, 2.0, 3.0])
    assert answers_tipping.crossed(values, np.array([1.0, 0.75, 0.25, 0.0])) == 1.5
    assert answers_tipping.crossed(values, np.array([1.0, 0.9, 0.8, 0.7])) == 3.0  # not yet
    assert answers_tipping.crossed(values, np.array([0.4, 0.3, 0.2, 0.1])) == 0.0  # before


def test_grids_are_as_fine_as_a_half_width_takes():
    assert answers_share.cells_for(0.01) == 98
    assert answers_share.same((0.5, 0.01), (0.52, 0.01)) and not answers_share.same((0.5, 0.01), (0.53, 0.01))


@pytest.mark.slow
@pytest.mark.parametrize("case", answers.CASES, ids=lambda case: case.title)
def test_every_answer_is_that_of_the_grid(case):
    """A false alarm in at most 6 of 1,000 seeds."""
    found = list(answers.duels(answers.Size(0.02, 128, 8, 51, 1.0), [case]))
    assert [duel.question for duel in found if not all(duel.same)] == []
