"""What people value, learned from what they chose, next to statsmodels and choix.

- McFadden's conditional logit on Greene's 210 travellers: our fit and statsmodels'. And our learners, who hear the same
  choices one after the other: not a fit, but agents whose beliefs end where the likelihood has its maximum.
- Luce's strengths of many items, chosen from small sets drawn at random: our fit, with a feature for each item, and choix's
  spectral iteration and its minorisation-maximisation.

Estimates are compared in standard errors of the maximum-likelihood values.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from basin.choices import ChoiceTable, maximum_likelihood, read
from basin.questions.learn import LEARNERS, Learned, learn
from tests.bench.contest import Contest, Entry, by_turns, named, ours

TABLE = "travel-mode"
SET = 5  # items on offer at a time

Numbers = NDArray[np.float64]


def contests(draws: int, items: int, choices: int, repeats: int) -> list[Contest]:
    return [travellers(draws, repeats), strengths(items, choices, repeats)]


# ---- Conditional logit ---------------------------------------------------------------------------------------------


def travellers(draws: int, repeats: int) -> Contest:
    table = read(TABLE)
    estimate = maximum_likelihood(table)

    def hear() -> Learned:
        return learn(TABLE, seed=1, draws=draws, threads=1)

    told = hear()
    learners, away = LEARNERS * len(told.starts), f"their mean is {told.distance:.1g} standard errors from it"
    own = [
        Entry(
            ours(), "maximum_likelihood", f"log-likelihood {estimate.log_likelihood:.4f}", lambda: maximum_likelihood(table)
        ),
        Entry(ours(), f"{learners} learners, {draws:,} choices each", away, hear),
    ]
    peers = [("statsmodels", lambda: statsmodels_entry(table))]
    return by_turns(f"conditional logit of {table.choices} travellers, {len(table.features)} features", own, peers, repeats)


def statsmodels_entry(table: ChoiceTable) -> Entry:
    from statsmodels.discrete.conditional_models import ConditionalLogit

    estimate = maximum_likelihood(table)
    taken = np.zeros(len(table.values))
    taken[table.offsets[:-1] + table.chosen] = 1
    groups = np.repeat(np.arange(table.choices), np.diff(table.offsets))

    def fit() -> Numbers:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a fit whose every group has one choice
            return np.asarray(ConditionalLogit(taken, table.values, groups=groups).fit(disp=0).params)

    return Entry(named("statsmodels"), "ConditionalLogit", off(fit(), estimate.values, estimate.standard_errors), fit)


def off(found: Numbers, known: Numbers, errors: Numbers) -> str:
    return f"off by up to {np.abs((found - known) / errors).max():.1g} standard errors"


# ---- Luce's strengths ----------------------------------------------------------------------------------------------


def offered(items: int, choices: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(choices, SET) items on offer, and which place (choices,) was taken, by Luce's rule with strengths e^N(0, 1)."""
    chance = np.random.default_rng(1)
    utility = chance.normal(size=items)
    sets = chance.random((choices, items)).argsort(axis=1)[:, :SET]
    return sets, (utility[sets] + chance.gumbel(size=sets.shape)).argmax(axis=1)


def tabled(sets: NDArray[np.intp], taken: NDArray[np.intp], items: int) -> ChoiceTable:
    """A feature for each item but the first, whose utility is 0."""
    values = np.zeros((sets.size, items))
    values[np.arange(sets.size), sets.reshape(-1)] = 1
    names = tuple(f"item {number}" for number in range(items))
    offsets = np.arange(0, sets.size + 1, SET)
    return ChoiceTable("items", names[1:], values[:, 1:], offsets, taken, names, sets.reshape(-1), len(sets))


def strengths(items: int, choices: int, repeats: int) -> Contest:
    sets, taken = offered(items, choices)
    table = tabled(sets, taken, items)
    estimate = maximum_likelihood(table)
    own = Entry(
        ours(), "maximum_likelihood", f"log-likelihood {estimate.log_likelihood:.4f}", lambda: maximum_likelihood(table)
    )
    data = [(int(row[at]), tuple(np.delete(row, at).tolist())) for row, at in zip(sets, taken, strict=True)]

    def choix_entry(name: str) -> Entry:
        import choix

        fit: Callable[..., Numbers] = getattr(choix, name)
        found = fit(items, data)
        return Entry(
            named("choix"), name, off((found - found[0])[1:], estimate.values, estimate.standard_errors),
            lambda: fit(items, data),
            why="items have no features, and no standard errors come out; ours solves for any features",
        )  # fmt: skip

    peers = [("choix", partial(choix_entry, name)) for name in ("ilsr_top1", "mm_top1")]
    return by_turns(f"Luce's strengths of {items} items from {choices:,} choices among {SET}", [own], peers, repeats)
