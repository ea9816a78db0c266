"""Which message a reminder is: what there are words for, and what such a message may ask."""

from dataclasses import dataclass

from notifier.domain.reminder import Reminder

FRIENDLY, FACTUAL, FIRM, FINAL = "friendly", "factual", "firm", "final"

# A tone of a policy that is not known here is told factually; a reminder is never colder than its policy said.
_RUNGS = {"service": FRIENDLY, FRIENDLY: FRIENDLY, FACTUAL: FACTUAL, FIRM: FIRM, FINAL: FINAL}

_CODES = {
    "notice": ("due_soon", "due_today"),
    "promise_note": ("promise_noted",),
    "promise_resume": ("promise_missed", "claim_unconfirmed"),
    "service": (
        "payment_returned",
        "claim_noted",
        "dispute_noted",
        "dispute_accepted",
        "dispute_partly_accepted",
        "dispute_rejected",
        "question_noted",
        "contact_noted",
    ),
}
_WITH_ITEMS = ("reminder", "notice", "promise_resume")
_WAYS_TO_PAY = ("promise_noted", "payment_returned", "dispute_partly_accepted", "dispute_rejected")


@dataclass(frozen=True, slots=True)
class Message:
    """One of the texts that there are words for.

    `name`: a tone of the ladder, or the code of a message outside of it. `demands`: it asks for money by a day.
    `shows_payment`: it says how to pay, because it demands or because the customer may want to.
    `is_warm`: greeted and closed in the friendly way.
    """

    name: str
    demands: bool
    shows_payment: bool
    is_warm: bool


def message_of(reminder: Reminder) -> Message | None:
    """The message, or None where there are no words for this kind and code, or nothing to speak of."""
    if not reminder.lines and reminder.kind in _WITH_ITEMS:
        return None
    if reminder.kind == "reminder":
        name = _RUNGS.get(reminder.tone, FACTUAL)
    elif reminder.stage in _CODES.get(reminder.kind, ()):
        name = reminder.stage
    else:
        return None
    demands = reminder.kind in _WITH_ITEMS
    is_collected = reminder.payment_returned is not None and reminder.payment_returned.recollect_on is not None
    return Message(
        name=name,
        demands=demands,
        shows_payment=demands or (name in _WAYS_TO_PAY and not is_collected),
        is_warm=name not in (FACTUAL, FIRM, FINAL),
    )
