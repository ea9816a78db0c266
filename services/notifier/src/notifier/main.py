"""Wires the service: settings, topics, routes, sender. Nothing is decided here."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from kulant_chassis.audit import audit_router
from kulant_chassis.process import main
from kulant_chassis.service import Component, Runtime, Service
from kulant_chassis.settings import read_secret
from kulant_chassis.tokens import sign
from kulant_contracts import topics
from notifier.api.reminders import reminders_router
from notifier.api.tasks import tasks_router
from notifier.api.webhooks import webhooks_router
from notifier.bus.outgoing import draft_of
from notifier.bus.subscriptions import reads
from notifier.config import Settings
from notifier.gateways.bounces import read_report
from notifier.parts import inbound_parts, sender_parts
from notifier.sender import Sender
from notifier.store.claims import IN_FLIGHT
from notifier.store.views import open_views
from notifier.store.work import StoredWork, open_requests, open_work

PAGE_PURPOSE = "page"


def service(settings: Settings) -> Service:
    """The service as one value."""

    def senders(runtime: Runtime) -> Sequence[Component]:
        secret = read_secret(settings.page_secret_file)
        base = settings.page_base_url.rstrip("/")

        def page_url(reminder_id: UUID) -> str:
            return f"{base}/r/{sign(secret, PAGE_PURPOSE, reminder_id)}"

        return [Sender(sender_parts(settings, runtime, page_url))]

    return Service(
        name="notifier",
        source="/kulant/notifier",
        package="notifier",
        settings=settings,
        reads=reads(lambda transaction: StoredWork(transaction, draft_of)),
        writes=(topics.DELIVERY,),
        routers=lambda runtime: [
            reminders_router(open_views(runtime.database)),
            tasks_router(open_views(runtime.database), partial(open_requests, runtime.database, draft_of)),
            webhooks_router(open_work(runtime.database, draft_of), partial(read_report, is_null_sender=True)),
            audit_router(runtime.database),
        ],
        senders=senders,
        doors=lambda runtime: inbound_parts(settings, runtime),
        in_flight=IN_FLIGHT,
    )


def run(arguments: Sequence[str]) -> int:
    """Play the roles named, or migrate; says in words what the environment lacks."""
    return main(lambda: service(Settings.load()), arguments)
