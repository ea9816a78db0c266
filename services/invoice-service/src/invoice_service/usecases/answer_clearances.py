"""Says whether reminders may leave now, as far as this service can tell."""

from collections.abc import Sequence

from invoice_service.domain.clearance import Answer, CustomerRecord, Question, answer_question
from invoice_service.usecases.ports import Records

_NOTHING_TOLD = CustomerRecord()


async def answer_clearances(records: Records, tenant: str, questions: Sequence[Question]) -> list[Answer]:
    """One answer per question, in their order, all from one consistent moment.

    The caller has passed the barrier first, so that whatever the broker acknowledged is in that moment.
    """
    found = await records.find(tenant, questions)
    return [answer_question(question, found.get(question.customer_id, _NOTHING_TOLD)) for question in questions]
