"""The listener for replies: one mail in, one commit, then 250."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

from opentelemetry.trace import SpanKind

from feedback_service.gateways.mime import read_mail
from feedback_service.telemetry import MAILS, SpanName
from feedback_service.usecases.ports import MailStore
from feedback_service.usecases.record_mail import record_mail
from kulant_chassis.mailserver import InboundMail, MailServer
from kulant_chassis.telemetry import span, traceparent_of
from kulant_chassis.tokens import verify

REPLY_PURPOSE = "reply"
"""Purpose of the signature in the address that replies go to; the notifier signs with it."""
PREFIX = "reply+"


class Replies:
    """Takes replies to `reply+<token>@<domain>`."""

    def __init__(
        self,
        secret: bytes,
        domain: str,
        writing: Callable[[], AbstractAsyncContextManager[MailStore]],
        now: Callable[[], datetime],
    ) -> None:
        self._secret = secret
        self._domain = domain.lower()
        self._writing = writing
        self._now = now

    def accepts(self, recipient: str) -> bool:
        """Is it an address of ours? Its token is looked at later: a mail with a broken one is kept for people."""
        local, _, domain = recipient.rpartition("@")
        return domain.lower() == self._domain and local.lower().startswith(PREFIX)

    def reminder_of(self, recipient: str) -> UUID | None:
        """The reminder that an address belongs to."""
        return verify(self._secret, REPLY_PURPOSE, recipient.rpartition("@")[0][len(PREFIX) :])

    async def take(self, inbound: InboundMail) -> None:
        """Record one mail; committed when this returns. Raises what makes the sender try again."""
        mail = await asyncio.to_thread(read_mail, inbound.content, inbound.sender)
        with span(SpanName.MAIL, kind=SpanKind.SERVER) as started:
            async with self._writing() as store:
                outcome = await record_mail(
                    store, mail, self.reminder_of(inbound.recipient), self._now(), traceparent_of(started)
                )
        MAILS.labels(outcome.value).inc()

    def server(self, host: str, port: int) -> MailServer:
        """The listener as a part of the process."""
        return MailServer(host, port, accepts=self.accepts, handle=self.take)
