"""Mails that the server refused for good, on purpose: what the judge says about their failing is no violation."""

from collections.abc import Iterable, Iterator

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story, made_at
from kulant_contracts.delivery import DeliveryFailedV1
from tests.faults.checks.harmed import Harmed
from tests.faults.harms import REFUSES

_EXCUSED = frozenset({"delivery_failed", "lost_step"})


def without_refused(found: Iterable[Violation], story: Story, harmed: Harmed) -> Iterator[Violation]:
    """All but those that follow from a refusal: the delivery failed, and its items wait for a person."""
    refused = list(_refused(story, harmed))
    reminders = {one.reminder_id for one in refused}
    items = {
        (item.number, one.customer_id)
        for one in refused
        if one.reminder_id in story.requests
        for item in story.requests[one.reminder_id].items
    }
    for violation in found:
        words = violation.message
        is_excused = any(one in words for one in reminders) or any(
            words.startswith(f"{number} of {customer_id},") for number, customer_id in items
        )
        if violation.check not in _EXCUSED or not is_excused:
            yield violation


def _refused(story: Story, harmed: Harmed) -> Iterator[DeliveryFailedV1]:
    """Deliveries that failed by a code of the server's while it refused everything for good."""
    for event in story.events:
        failed, at = event.data, made_at(event)
        if not isinstance(failed, DeliveryFailedV1) or at is None:
            continue
        if (failed.reason or "").startswith("smtp_5") and harmed.refused(REFUSES, at):
            yield failed
