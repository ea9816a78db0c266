"""Logs as JSON lines: ids and reasons, never an address, a name or free text of a person."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace

ALLOWED_FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger", "action", "service", "tenant", "customer_id", "trace_id", "span_id",
        "topic", "partition", "offset", "reason", "error", "exception", "count", "role", "roles", "owner", "epoch",
        "seconds", "reminder_id", "delivery_id", "invoice_id", "item_id", "case_id", "event_id", "event_type", "status",
        "method", "route", "address", "gateway", "outcome", "attempt", "stage", "kind",
        "watch", "ids",
    }
)  # fmt: skip
"""Fields that may be logged; `address` is the host and port that the API listens on, `ids` are our own.

Anything else is dropped.
"""


def _with_trace(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
        event["span_id"] = f"{context.span_id:016x}"
    return event


def _only_allowed(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in [name for name in event if name not in ALLOWED_FIELDS]:
        del event[name]
    return event


def _exception_without_values(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep where it happened and the type: messages of drivers and parsers quote the data they choked on."""
    info = event.pop("exc_info", None)
    if not info:
        return event
    error = info if isinstance(info, BaseException) else sys.exc_info()[1]
    if error is None:
        return event
    places = []
    step = error.__traceback__
    while step is not None:
        places.append(f"{step.tb_frame.f_code.co_qualname}:{step.tb_lineno}")
        step = step.tb_next
    event["exception"] = f"{type(error).__module__}.{type(error).__qualname__} at {' > '.join(places[-8:])}"
    return event


def start_logging(service: str, level: str) -> None:
    """Send structlog's and the standard library's logs to stderr as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            _exception_without_values,
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.CRITICAL)  # libraries' own lines may hold addresses; ours say what matters
