"""Harms are drawn from the seed alone."""

from collections import Counter
from itertools import pairwise

import pytest

from tests.faults import harms
from tests.faults.harms import Targets, draw

DRAWING = {
    "steps": 30,
    "wave_steps": [8, 12],
    "targets": Targets(
        ["notifier.send", "invoice-service.consume"],
        ["notifier.send"],
        ["notifier"],
        ["notifier to smtp"],
        "notifier to smtp",
    ),
}


def test_the_same_seed_draws_the_same_harms_and_another_seed_others():
    assert draw(seed=7, count=20, **DRAWING) == draw(seed=7, count=20, **DRAWING)
    assert draw(seed=7, count=20, **DRAWING) != draw(seed=8, count=20, **DRAWING)


@pytest.mark.parametrize("count", [1, 4, 20])
def test_as_many_harms_are_drawn_as_were_asked_for_and_the_most_telling_are_among_them(count):
    drawn = Counter(harm.kind for harm in draw(seed=1, count=count, **DRAWING))

    assert drawn.total() == count
    assert set(harms.AT_LEAST_ONCE[:count]) <= drawn.keys()


def test_some_harms_come_on_top_of_another_one_to_something_else():
    drawn = draw(seed=3, count=200, **DRAWING)
    on_top = [(before, harm) for before, harm in pairwise(drawn) if harm.is_on_top]

    assert on_top
    assert all(before.step == harm.step and before.target != harm.target for before, harm in on_top)
    assert not {harm.kind for pair in on_top for harm in pair} & harms.ALONE


def test_harms_that_are_done_at_once_all_harm_different_things():
    processes = ["notifier.send", "notifier.relay", "invoice-service.consume"]
    targets = Targets(processes, ["notifier.send"], ["notifier"], ["notifier to smtp"], "notifier to smtp")
    piles = []
    for harm in draw(seed=3, count=1000, **{**DRAWING, "targets": targets}):
        if harm.is_on_top:
            piles[-1].append(harm)
        else:
            piles.append([harm])

    assert max(map(len, piles)) > 3
    for pile in piles:
        assert len({harm.target for harm in pile}) == len(pile)
        assert len({harm.step for harm in pile}) == 1


def test_harms_lie_within_the_steps_and_come_in_their_order():
    steps = [harm.step for harm in draw(seed=3, count=50, **DRAWING)]

    assert steps == sorted(steps)
    assert set(steps) <= set(range(1, 31))
