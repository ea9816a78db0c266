"""The outside judge: says whether a run kept Kulant's promises, by what can be seen from outside alone.

It is given published and acknowledged facts, the topics, the mailbox and the answers of the page; it imports the
contracts and the standard library, and works everything out anew.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from kulant_cli.judge import behaviours, gate, handing_over, ladder, post, record, refusals, silence, steps, wording
from kulant_cli.judge.counting import count
from kulant_cli.judge.evidence import (
    Answer,
    Counts,
    Evidence,
    Expected,
    MailFile,
    PublishedFact,
    PutOffMail,
    TopicRecord,
    Unsaid,
    Verdict,
    Violation,
)
from kulant_cli.judge.story import Story, read_story

Check = Callable[[Story], Iterator[Violation]]

PROMISES: Mapping[int, Sequence[Check]] = {
    1: (
        handing_over.nothing_begins_to_leave_against_the_facts,
        gate.nobody_who_paid_is_reminded,
        gate.clearances_are_of_their_time,
        silence.answers_silence_reminders,
        refusals.refusals_are_kept,
        silence.holds_silence_reminders,
        silence.debits_are_waited_for,
        ladder.payments_are_known,
    ),
    2: (
        post.every_mail_has_its_delivery,
        post.one_mail_per_reminder,
        post.one_mail_per_item_and_stage,
        post.every_reminder_ends_once,
        post.every_sent_reminder_reaches_its_stage,
        steps.deliveries_do_not_fail,
        steps.no_step_is_lost,
        ladder.answers_are_confirmed_once,
    ),
    3: (
        post.mail_goes_to_its_customer,
        gate.amounts_are_those_acknowledged,
        wording.mails_are_complete,
        wording.sums_add_up,
        wording.deadlines_are_fair,
        wording.mails_leave_in_the_window,
        wording.moments_are_told_where_the_customer_lives,
        ladder.stages_are_the_policys,
        ladder.no_stage_is_skipped,
        ladder.stages_wait_for_deadlines,
        ladder.nothing_is_early,
        ladder.budgets_are_kept,
        record.balances_are_the_ledgers,
    ),
    4: (
        record.everything_can_be_read,
        record.sequences_are_whole,
        record.no_sound_fact_is_parked,
        record.unreadable_facts_are_kept,
    ),
    5: (
        record.answers_can_be_given,
        record.answers_are_taken_down,
    ),
}
"""What is looked at for each of the five promises, by its number in the README."""

OF_THE_RUN: Sequence[Check] = (handing_over.a_payment_beat_a_mail, behaviours.every_behaviour_happened)
"""Was there anything to judge?"""

_PROMISE_OF = {check: number for number, checks in PROMISES.items() for check in checks}
CHECKS: Sequence[Check] = (*itertools.chain.from_iterable(PROMISES.values()), *OF_THE_RUN)


HOLDS_AT_ANY_TIME: Sequence[Check] = (
    record.everything_can_be_read,
    record.answers_can_be_given,
    record.no_sound_fact_is_parked,
    post.one_mail_per_reminder,
    post.one_mail_per_item_and_stage,
    steps.deliveries_do_not_fail,
)
"""Checks that need no end of the story."""


def judge(evidence: Evidence) -> Verdict:
    """Run every check over the evidence."""
    return judge_story(read_story(evidence))


def judge_story(story: Story, broken_off: str | None = None) -> Verdict:
    """The verdict on a story: every check, but of one that did not get to its end only what holds at any time.

    `broken_off`: why it did not get to its end, which alone is wrong.
    """
    checks = CHECKS if broken_off is None else HOLDS_AT_ANY_TIME
    found = tuple(violation for check in checks for violation in _violations(check, story))
    told = () if broken_off is None else (Violation("broken_off", broken_off),)
    return Verdict((*told, *found), count(story))


def judge_broken_off(evidence: Evidence, why: str) -> Verdict:
    """The verdict on a run that did not get to its end."""
    return judge_story(read_story(evidence), why)


def _violations(check: Check, story: Story) -> Iterator[Violation]:
    for violation in check(story):
        yield replace(violation, promise=_PROMISE_OF.get(check))


__all__ = [
    "CHECKS",
    "Answer",
    "Counts",
    "Evidence",
    "Expected",
    "MailFile",
    "PublishedFact",
    "PutOffMail",
    "TopicRecord",
    "Unsaid",
    "Verdict",
    "Violation",
    "judge",
    "judge_broken_off",
    "judge_story",
    "read_story",
]
