"""May these reminders leave, as far as the customers' answers go?"""

from collections.abc import Sequence

from feedback_service.domain.clearance import Clearance, Question, clear
from feedback_service.usecases.ports import ClearanceStore


async def answer_clearances(store: ClearanceStore, tenant: str, questions: Sequence[Question]) -> list[Clearance]:
    """One answer to each question, in their order, about all that is committed now."""
    recorded = await store.last_sequences(tenant, {question.customer_id for question in questions})
    return [clear(question, recorded.get(question.customer_id, 0)) for question in questions]
