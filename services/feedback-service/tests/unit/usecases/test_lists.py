from uuid import UUID

import pytest
from feedback_builders import NOW

from feedback_service.domain.answer import Part
from feedback_service.domain.mail import KeptMail, Mail, MailState
from feedback_service.usecases.list_mails import list_mails
from feedback_service.usecases.list_responses import list_responses
from feedback_service.usecases.ports import InboundFilter, ResponseFilter, ResponseRecord


def a_mail(number):
    return KeptMail(UUID(int=number), Mail("k", 1), MailState.UNMATCHED, "no_message_found", NOW)


def a_response(number):
    return ResponseRecord(
        UUID(int=number), "c-1", None, UUID(int=1), "rated", "page", NOW, Part(), None, None, {}, {}, None, number
    )


class Shelf:
    def __init__(self, *things):
        self.things = things

    async def list_mails(self, wanted, after, limit):
        return self.things[:limit]

    async def list_responses(self, wanted, after, limit):
        return self.things[:limit]


@pytest.mark.parametrize(("count", "listed", "has_next"), [(0, 0, False), (2, 2, False), (3, 2, True)])
async def test_a_list_goes_on_where_there_is_more(count, listed, has_next):
    mails = await list_mails(Shelf(*map(a_mail, range(count))), InboundFilter("acme", False), None, 2)
    responses = await list_responses(Shelf(*map(a_response, range(count))), ResponseFilter("acme"), None, 2)

    assert len(mails.items) == len(responses.items) == listed
    assert mails.next == responses.next == ((NOW, UUID(int=1)) if has_next else None)
