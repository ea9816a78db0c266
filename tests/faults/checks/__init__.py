"""What must hold whatever is broken: the judge's checks, and those that speak of the harms.

They know nothing of the inside: facts as the broker acknowledged them, topics, mails, answers, and what was harmed
when.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from kulant_cli.judge import Violation, judge_story
from kulant_cli.judge.story import Story
from tests.faults.checks import answers, doubts, ending, gate, restored, twice, window
from tests.faults.checks.harmed import Harmed
from tests.faults.checks.parked import not_by_bad_release
from tests.faults.checks.refused import without_refused

Check = Callable[[Story, Harmed], Iterator[Violation]]

HOLDS_AT_ANY_TIME: tuple[Check, ...] = (
    twice.doubtful_mails_are_not_repeated,
    window.data_begins_within_the_clearance,
    restored.restored_databases_are_noticed,
    ending.processes_end_in_order,
    ending.no_process_ends_by_itself,
)
"""Checks that need no end of the story; what they find is the likeliest cause of a story without one."""

CHECKS: tuple[Check, ...] = (
    doubts.unknown_only_where_it_cannot_be_known,
    gate.doubtful_mails_were_cleared,
    *HOLDS_AT_ANY_TIME,
    answers.each_answer_is_taken_down_once,
)


def violations(story: Story, harmed: Harmed, broken_off: str | None) -> list[Violation]:
    """Everything that is wrong; of a run that did not get to its end what holds at any time."""
    story = replace(story, parked=not_by_bad_release(story))
    found = list(without_refused(judge_story(story, broken_off).violations, story, harmed))
    checks = CHECKS if broken_off is None else HOLDS_AT_ANY_TIME
    found += (violation for check in checks for violation in check(story, harmed))
    return found
