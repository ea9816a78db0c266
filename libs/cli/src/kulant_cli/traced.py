"""From a customer that a summary tells of to the trace of one of its messages."""

from kulant_cli.judge.story import Story
from kulant_contracts.reminder import ReminderRequestedV1


def trace_of(story: Story, customer_id: str) -> str | None:
    """The trace of the first message that the customer answered, else of its first one; None where there is none."""
    answered = {response.reminder_id for response in story.responses_of(customer_id)}
    asked = [
        (event.data.reminder_id not in answered, event.envelope.traceparent)
        for event in story.events
        if isinstance(event.data, ReminderRequestedV1)
        and event.data.customer_id == customer_id
        and event.envelope.traceparent
    ]
    _, traceparent = min(asked, key=lambda one: one[0], default=(False, None))
    return traceparent.split("-")[1] if traceparent else None
