"""What the gate promises of mails that left holds as well for those of which the sender does not know that they did."""

from collections.abc import Iterator
from dataclasses import replace

from kulant_cli.judge import Violation, gate, refusals, silence
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliverySentV1, DeliveryUnknownV1
from tests.faults.checks.harmed import Harmed

_CHECKS = (
    gate.nobody_who_paid_is_reminded,
    gate.amounts_are_those_acknowledged,
    silence.answers_silence_reminders,
    silence.holds_silence_reminders,
    refusals.refusals_are_kept,
)


def doubtful_mails_were_cleared(story: Story, _harmed: Harmed) -> Iterator[Violation]:
    """The judge's checks of the gate, over deliveries that are unknown and whose mail the server has."""
    as_if_sent = replace(story, by_kind={**story.by_kind, DeliverySentV1: in_doubt(story)})
    for check in _CHECKS:
        yield from check(as_if_sent)


def in_doubt(story: Story) -> tuple[DeliverySentV1, ...]:
    """What the server has and the sender never came to know, as if it had been sent."""
    known = {one.reminder_id for one in story.sent()}
    return tuple(
        DeliverySentV1.model_validate(one.model_dump())
        for one in story.of(DeliveryUnknownV1)
        if one.reminder_id not in known and story.letters_of(one.delivery_id)
    )
