"""Puts the sender together from settings: gate, mail server, renderer."""

from collections.abc import Callable, Sequence
from uuid import UUID

from kulant_chassis.service import Component, Runtime
from kulant_chassis.settings import read_secret
from notifier.bus.outgoing import draft_of
from notifier.config import Settings
from notifier.domain.decision import DUNNING_ENGINE, FEEDBACK_SERVICE, INVOICE_SERVICE
from notifier.gateways.clearance import ClearanceClient
from notifier.gateways.email import SmtpAccess, SmtpGateway
from notifier.gateways.rendering import MailRenderer, Sender
from notifier.gateways.returns import Returns
from notifier.inbound import bounce_server
from notifier.sender import SenderParts
from notifier.store.work import at_most, open_work
from notifier.telemetry import GATE_UNANSWERED


def sender_parts(settings: Settings, runtime: Runtime, page_url: Callable[[UUID], str]) -> SenderParts:
    """What the role `send` works with. Raises SettingsMissing where a secret cannot be read.

    The batches get half of the pool: the heartbeat of the lease and the claims must never wait behind them.
    """
    owners = {
        INVOICE_SERVICE: settings.invoice_service_url,
        DUNNING_ENGINE: settings.dunning_engine_url,
        FEEDBACK_SERVICE: settings.feedback_service_url,
    }
    token = read_secret(settings.service_token_file).decode()
    return SenderParts(
        database=runtime.database,
        open_work=at_most(max(1, settings.database_pool_size // 2), open_work(runtime.database, draft_of)),
        clock=runtime.clock,
        gate=ClearanceClient(owners, token, lambda owner: GATE_UNANSWERED.labels(owner).inc()),
        gateway=SmtpGateway(smtp_access(settings)),
        renderer=MailRenderer(Sender(settings.sender_address, returns_of(settings))),
        page_url=page_url,
        lease_seconds=settings.lease_seconds,
        most_per_batch=settings.batch_reminders,
        most_tenants=settings.batch_tenants,
        per_second=settings.smtp_per_second,
        per_tenant_second=settings.smtp_per_second_and_tenant,
    )


def returns_of(settings: Settings) -> Returns | None:
    """The addresses that mails come back to; feedback-service knows the same secret and reads the replies."""
    if settings.inbound_domain is None:
        return None
    return Returns(settings.inbound_domain, read_secret(settings.page_secret_file))


def inbound_parts(settings: Settings, runtime: Runtime) -> Sequence[Component]:
    """The listener for bounces, where one is configured."""
    returns = returns_of(settings)
    if returns is None or settings.inbound_port is None:
        return []
    work = open_work(runtime.database, draft_of)
    return [bounce_server(settings.inbound_host, settings.inbound_port, returns, work)]


def smtp_access(settings: Settings) -> SmtpAccess:
    """Where the mail server is and how to speak to it."""
    password = read_secret(settings.smtp_password_file).decode() if settings.smtp_password_file else None
    return SmtpAccess(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=password,
        announce_seconds=settings.smtp_announce_seconds,
        connections=settings.smtp_connections,
    )
