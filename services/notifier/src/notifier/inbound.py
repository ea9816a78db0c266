"""Mails that come back to `bounce+…`: read, recorded, and only then answered with yes."""

import asyncio
from typing import Final

import structlog

from kulant_chassis.mailserver import InboundMail, MailServer
from notifier.gateways.bounces import read_report
from notifier.gateways.returns import Returns
from notifier.telemetry import CAME_BACK
from notifier.usecases.ports import OpenWork
from notifier.usecases.record_bounces import record_bounce

_log = structlog.get_logger(__name__)

# Reports hold our mail as a rule, and that is below a hundred kilobytes.
SIZE_LIMIT: Final = 2 * 1024 * 1024


def bounce_server(host: str, port: int, returns: Returns, open_work: OpenWork) -> MailServer:
    """The listener for the addresses that all our mails have as envelope senders; others it does not know."""

    async def take(mail: InboundMail) -> None:
        delivery_id = returns.delivery_of(mail.recipient)
        assert delivery_id is not None, "the server accepts no other recipients"
        # In a thread: what a stranger sends must not hold up what else runs in this process.
        report = await asyncio.to_thread(read_report, mail.content, is_null_sender=not mail.sender)
        has_effect = False
        if report is not None:
            async with open_work() as work:
                has_effect = await record_bounce(work, delivery_id, report)
        kind = "no_report" if report is None else report.action
        CAME_BACK.labels(kind, "recorded" if has_effect else "without_effect").inc()
        _log.info("a mail came back", action="inbound.read", kind=kind, delivery_id=str(delivery_id))

    return MailServer(
        host, port, accepts=lambda to: returns.delivery_of(to) is not None, handle=take, size_limit=SIZE_LIMIT
    )
