"""Mails that came back, page by page, for the people who look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from feedback_service.domain.mail import KeptMail
from feedback_service.usecases.ports import InboundFilter, MailList

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class MailPage:
    """Some mails, and the place to go on from if there are more."""

    items: Sequence[KeptMail]
    next: Place | None


async def list_mails(store: MailList, wanted: InboundFilter, after: Place | None, limit: int) -> MailPage:
    """Oldest first, in the order of (received_at, mail_id)."""
    found = await store.list_mails(wanted, after, limit + 1)
    if len(found) <= limit:
        return MailPage(found, None)
    last = found[limit - 1]
    return MailPage(found[:limit], (last.received_at, last.mail_id))
