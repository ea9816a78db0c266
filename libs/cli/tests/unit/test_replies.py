"""What customers say on their page, and what their ERP will say because of it."""

import random
from dataclasses import replace
from datetime import date

import pytest

from kulant_cli.book import Habit
from kulant_cli.replies import reply_of
from libs.cli.tests.judge_builders import INVOICE, other_invoice

TODAY = date(2026, 3, 23)


def _reply(habit, *invoices, seed=1, language="en"):
    return reply_of(habit, list(invoices or (INVOICE,)), TODAY, random.Random(seed), language)


def test_a_kept_promise_is_paid_on_its_day_and_a_broken_one_long_after():
    kept, broken = _reply(Habit.PROMISING), _reply(Habit.BREAKING)
    assert kept.typed == {"pay_on": kept.on.isoformat()}
    assert [payment.at.date() for payment in kept.payments] == [kept.on]
    assert all((payment.at.date() - broken.on).days >= 14 for payment in broken.payments)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_disputed_is_corrected_and_the_rest_is_paid(seed):
    invoices = (INVOICE, other_invoice())
    reply = _reply(Habit.DISPUTING, *invoices, seed=seed)
    assert "amount" not in reply.typed, "one amount cannot be meant for two invoices"
    for invoice, paid, corrected in zip(invoices, reply.payments, reply.corrections, strict=True):
        assert paid.amount_minor + corrected.minor == invoice.amount_minor
        assert TODAY < corrected.at.date() < paid.at.date()


def test_amounts_are_typed_as_their_reader_writes_them():
    typed = {
        language: next(
            reply.typed["amount"]
            for seed in range(50)
            if "amount" in (reply := _reply(Habit.DISPUTING, seed=seed, language=language)).typed
        )
        for language in ("en", "de")
    }
    assert "." in typed["en"]
    assert typed["de"] == typed["en"].replace(".", ",")


@pytest.mark.parametrize("habit", [Habit.SILENT, Habit.REMINDED, Habit.RACING])
def test_others_say_nothing(habit):
    assert _reply(habit) is None
    assert reply_of(Habit.PROMISING, [], TODAY, random.Random(1), "en") is None


def test_the_same_chance_gives_the_same_answer():
    assert _reply(Habit.ASKING) == _reply(Habit.ASKING)
    assert replace(_reply(Habit.REFUSING, seed=3)) == _reply(Habit.REFUSING, seed=3)
