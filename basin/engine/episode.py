"""One episode, as a story: plan, gate, verdict, act, learn, reconsider, and the world turns."""

from __future__ import annotations

from basin.engine.belief import forget
from basin.engine.compile import kernel, stage
from basin.engine.evidence import learn_from_evidence
from basin.engine.gate import decide, decide_expected, value_options, weigh
from basin.engine.layout import ON_BELIEF_DRIFT, ON_PEOPLE, ON_VALUES_MOVE, Batch, Block, Choices, Rules
from basin.engine.motives import reconsider, settle_on, steer
from basin.engine.outcome import judge
from basin.engine.oversight import act, act_expected, judge_plan, learn_from_verdict, learn_from_verdict_expected, look
from basin.engine.people import meet, overseer
from basin.engine.plan import draw_plan, expected_plan
from basin.engine.random import Word
from basin.engine.skeleton import learn_expected
from basin.engine.world import remember_direction, turn


@stage
def episode(rules: Rules, choices: Choices, b: Block, e: Batch, key_low: Word, key_high: Word) -> None:
    """What happens to every agent of a block between one plan and the next."""
    draw_plan(rules, b, key_low, key_high)
    look(b, key_low, key_high)
    weigh(rules, b)
    if b.on[ON_PEOPLE] != 0:
        meet(b, key_low, key_high)
        overseer(rules, b)
    value_options(rules, b)
    decide(b)
    judge_plan(b)
    act(b)
    learn_from_verdict(rules, b)
    learn_from_evidence(rules, choices, b, e, key_low, key_high)
    finish(rules, b, key_low, key_high)


@kernel
def expected_episode(rules: Rules, choices: Choices, b: Block, e: Batch, key_low: Word, key_high: Word) -> None:
    """The same in the deterministic skeleton: chances instead of chance."""
    expected_plan(rules, b)
    weigh(rules, b)
    value_options(rules, b)
    decide_expected(b)
    judge_plan(b)
    act_expected(b)
    learn_from_verdict_expected(rules, b)
    learn_expected(rules, choices, b, e)
    finish(rules, b, key_low, key_high)


@stage
def finish(rules: Rules, b: Block, key_low: Word, key_high: Word) -> None:
    """The second half, alike in both: the belief ages, motives are reconsidered, the world turns, and all is judged."""
    if b.on[ON_BELIEF_DRIFT] != 0:
        forget(rules, b)
    if b.on[ON_VALUES_MOVE] != 0:
        remember_direction(rules, b)
    settle_on(rules, b)
    reconsider(rules, b, key_low, key_high)
    turn(rules, b, key_low, key_high)
    steer(rules, b)
    judge(rules, b)
