"""The pendulum is integrated faster than by peers that are as right."""

import pytest

from tests.bench import peers


def test_a_contest_without_peers(monkeypatch, capsys):
    monkeypatch.setattr(peers, "available", lambda name: False)
    full, early = peers.contest(200, repeats=1)
    assert full.wrong == early.wrong == 0 and 0 < early.seconds < full.seconds
    monkeypatch.setattr(peers, "contest", lambda: [full, early])
    peers.main()
    assert capsys.readouterr().out.endswith("Not installed, so not measured: heyoka, pynamicalsys.\n")


def test_the_coarsest_setting_that_suffices():
    assert peers.coarsest((3.0, 2.0, 1.0), lambda setting: int(10 * setting), 25) == (2.0, 20)
    assert peers.coarsest((3.0, 2.0), lambda setting: 9, 1) == (2.0, 9)


@pytest.mark.slow
def test_times_next_to_peers():
    """Half of heyoka's time, a twentieth of pynamicalsys's, and early exits fifty times faster again."""
    found = {entry.name: entry for entry in peers.contest()}
    ours = found["basin"]
    assert ours.seconds / found["basin, early exits"].seconds >= 50
    for name, most in (("heyoka", 1 / 2), ("pynamicalsys", 1 / 20)):
        if name in found:  # optional
            assert found[name].wrong <= ours.wrong
            assert ours.seconds / found[name].seconds <= most
