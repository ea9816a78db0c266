"""Wires the service: settings, topics, routes. Nothing is decided here."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import APIRouter

from feedback_service.api.clearances import clearances_router
from feedback_service.api.inbound import inbound_router
from feedback_service.api.pages import pages_router
from feedback_service.api.responses import responses_router
from feedback_service.bus.outgoing import drafts
from feedback_service.bus.subscriptions import reads
from feedback_service.config import Settings
from feedback_service.gateways.inbound import Replies
from feedback_service.store.doors import Opener
from feedback_service.store.store import FeedbackStore
from feedback_service.web.page import Doors, page_router
from kulant_chassis.process import main
from kulant_chassis.service import Component, Runtime, Service
from kulant_chassis.settings import read_secret
from kulant_contracts import topics


def service(settings: Settings) -> Service:
    """The service as one value."""
    origin = urlsplit(settings.page_base_url or "")
    own_origin = f"{origin.scheme}://{origin.netloc}" if origin.netloc else None

    def opened(runtime: Runtime) -> Sequence[APIRouter]:
        opener = Opener(runtime.database, drafts)
        secret = read_secret(settings.page_secret_file)
        return routers(Doors(secret, own_origin, opener.reading, opener.writing), opener)

    def doors(runtime: Runtime) -> Sequence[Component]:
        if settings.smtp_port is None or settings.inbound_domain is None:
            return []
        opener = Opener(runtime.database, drafts)
        secret = read_secret(settings.page_secret_file)
        replies = Replies(secret, settings.inbound_domain, opener.writing, runtime.clock.now)
        return [replies.server(settings.http_host, settings.smtp_port)]

    return Service(
        name="feedback-service",
        source="/kulant/feedback-service",
        package="feedback_service",
        settings=settings,
        reads=reads(lambda transaction: FeedbackStore(transaction, drafts)),
        writes=(topics.RESPONSE,),
        routers=opened,
        doors=doors,
    )


def routers(doors: Doors, opener: Opener) -> list[APIRouter]:
    """All routes of this service."""
    return [
        page_router(doors),
        clearances_router(opener.reading),
        responses_router(opener.reading),
        inbound_router(opener.reading),
        pages_router(opener.once),
    ]


def run(arguments: Sequence[str]) -> int:
    """Play the roles named, or migrate; says in words what the environment lacks."""
    return main(lambda: service(Settings.load()), arguments)
