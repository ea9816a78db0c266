"""Every metric and span of this service, with its meaning. No name, no token, no amount is ever in one."""

from enum import StrEnum

from prometheus_client import Counter

from feedback_service.domain.reminder import Reminder
from kulant_chassis.telemetry import INVOICE_IDS, TENANT, Attributes, story

PAGE_VIEWS = Counter("kulant_feedback_page_views", "Pages shown with a customer's own content.")
PAGE_ANSWERS = Counter(
    "kulant_feedback_page_answers", "Forms sent on the page, by form and by what became of them.", ("form", "outcome")
)
CLEARANCES = Counter("kulant_feedback_clearances", "Answers at the gate, by answer.", ("answer",))

MAILS = Counter("kulant_feedback_mails", "Mails that came back, by what became of them.", ("state",))


PAGE_ROUTE = "/r/{token}"


class SpanName(StrEnum):
    """Spans made here; view and answer belong to the trace that asked for the reminder."""

    VIEW = "show page"
    ANSWER = "record answer"
    MAIL = "record mail"


def page_attributes(reminder: Reminder, method: str) -> Attributes:
    """What a span about one page says: ids only, and never the link, which is its reader's key."""
    return {
        "http.request.method": method,
        "http.route": PAGE_ROUTE,
        "url.path": PAGE_ROUTE,
        **story(reminder.origin.correlation_id),
        TENANT: reminder.tenant,
        INVOICE_IDS: reminder.invoice_ids,
        "kulant.reminder_id": str(reminder.reminder_id),
    }
