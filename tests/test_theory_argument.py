"""Closed forms of the argument."""

from __future__ import annotations

import numpy as np
import pytest

from basin import theory
from basin.requirements import load


def test_followed_is_the_chance_that_no_step_fails():
    np.testing.assert_allclose(theory.followed([0, 0.5, 1], 0.1, 12), [0.9**12, 0.95**12, 1])
    assert theory.followed(0.0, 1.0, 3) == 0 and theory.followed(0.0, 1.0, 0) == 1


def test_the_last_fact_decides():
    np.testing.assert_allclose(theory.all_known([0, 195, 198, 200, 300], 200, 5), [0, 0, 0.6, 1, 1])
    argument = load("full")
    bits = np.linspace(0, 220, 400)
    np.testing.assert_allclose(
        argument.known(bits), theory.all_known(bits, argument.total, argument.order[-1].bits), atol=1e-12
    )


@pytest.mark.parametrize("ask", [lambda: theory.followed(1.5, 0.1, 3), lambda: theory.all_known(1, 2, 0)])
def test_what_is_out_of_domain_is_one_line(ask):
    with pytest.raises(ValueError, match="must be"):
        ask()
