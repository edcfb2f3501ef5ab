"""Edge states that are known in closed form."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from basin.analysis.edge import EdgeError, bisected, edge, jacobian


def excitable(state):
    u, v = state.T
    return np.column_stack([10 * (u - u**3 - v), u - 3 * v])


def pendulum(state):
    angle, speed = state.T
    return np.column_stack([speed, -0.1 * speed + 0.5 - np.sin(angle)])


def wells(state):
    """x' = x − x³, and a spiral along the boundary x = 0 to a limit cycle of radius 1."""
    x, y, z = state.T
    r2 = y**2 + z**2
    return np.column_stack([x - x**3, y * (1 - r2) - 2 * z, z * (1 - r2) + 2 * y])


def follow(rate, until, judge):
    def label(states):
        states = np.asarray(states, float)
        run = solve_ivp(lambda t, x: rate(x.reshape(states.shape)).ravel(), (0, until), states.ravel(), rtol=1e-8, atol=1e-10)
        return judge(run.y[:, -1].reshape(states.shape))

    return label


def test_the_excitable_pair():
    found = edge(follow(excitable, 30, lambda x: x[:, 0] > 0), excitable, [1, 0.4], [-0.5, 0.6])
    assert found.fixed and found.state == pytest.approx([0, 0], abs=1e-9) and found.unstable == 1
    # eigenvalues of [[10, −10], [1, −3]]
    exact = (7 + np.sqrt(7**2 + 4 * 20)) / 2
    assert found.eigenvalues[0].real == pytest.approx(exact, rel=1e-6)
    assert found.growth == pytest.approx(exact, rel=0.02)
    assert {*found.labels} == {False, True} and found.track.shape == (len(found.time), 2)


def test_the_pendulum():
    label = follow(pendulum, 100, lambda x: np.abs(x[:, 1]) < 2)
    found = edge(label, pendulum, [np.arcsin(0.5), 0], [np.arcsin(0.5), 4])
    assert found.fixed and found.state[1] == pytest.approx(0, abs=1e-9) and found.unstable == 1
    assert found.state[0] % (2 * np.pi) == pytest.approx(np.pi - np.arcsin(0.5), abs=1e-9)


def test_an_edge_state_that_moves():
    found = edge(lambda x: np.asarray(x)[:, 0] > 0, wells, [0.4, 0.3, 0], [-0.7, 0.2, 0], rounds=12)
    assert not found.fixed and len(found.eigenvalues) == 0
    assert abs(found.state[0]) < 1e-4 and np.hypot(*found.state[1:]) == pytest.approx(1, abs=1e-3)
    assert found.growth == pytest.approx(1, rel=0.01)  # of x' = x


def test_both_must_end_apart():
    label = follow(excitable, 30, lambda x: x[:, 0] > 0)
    with pytest.raises(EdgeError, match="both starts end in the same way"):
        edge(label, excitable, [1, 0], [1, 0.1])
    one, other = bisected(label, np.array([1.0, 0.0]), np.array([-1.0, 0.0]))
    assert np.linalg.norm(one - other) <= 1e-9 and label([one])[0] != label([other])[0]


def test_jacobians():
    assert jacobian(excitable, np.zeros(2)) == pytest.approx(np.array([[10, -10], [1, -3]]))
