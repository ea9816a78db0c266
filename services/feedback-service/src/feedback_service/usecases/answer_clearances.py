"""May these reminders leave, as far as the customers' answers go?"""

from collections.abc import Sequence
from uuid import UUID

from feedback_service.domain.clearance import CALM, Clearance, Question, clear
from feedback_service.usecases.ports import ClearanceStore


async def answer_clearances(store: ClearanceStore, tenant: str, questions: Sequence[Question]) -> list[Clearance]:
    """One answer to each question, in their order, about all that is committed now."""
    known = await store.known(tenant, {question.customer_id for question in questions})
    calm = [_uuid(question.reminder_id) if question.kind in CALM else None for question in questions]
    channels = await store.channels_of(tenant, [reminder_id for reminder_id in calm if reminder_id])
    return [
        clear(question, known[question.customer_id], channels.get(reminder_id) if reminder_id else None)
        for question, reminder_id in zip(questions, calm, strict=True)
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
