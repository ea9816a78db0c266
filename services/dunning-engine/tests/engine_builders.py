"""Facts with sensible defaults: a business in Berlin that owes one invoice, due on Monday 2 March 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from dunning_engine.domain.answers import (
    About,
    Case,
    Dispute,
    DisputeDecision,
    Hold,
    PaymentClaim,
    Promise,
    Question,
    ReturnedPayment,
)
from dunning_engine.domain.calendar import Calendar
from dunning_engine.domain.decision import Decision, Request
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import Creditor, Customer, Delivery, Facts, Item, Reminder, RequestedItem, Tenant
from dunning_engine.domain.policy import Policy, SendingWindow
from dunning_engine.policyfile.reading import standard

BERLIN = ZoneInfo("Europe/Berlin")
DUE_ON = date(2026, 3, 2)
STEP_ON = date(2026, 3, 7)  # a Saturday
KNOWN_UNTIL = datetime(2026, 12, 31, tzinfo=UTC)
TENANT = Tenant(country="DE")
CREDITOR = Creditor("main", country="DE", region=None, language="en", payments_known_until=KNOWN_UNTIL)
CUSTOMER = Customer("c-1", version=1, time_zone="Europe/Berlin", country="DE")
WANTS_NOTICES = replace(CUSTOMER, profile={"notices": "yes"})
POLICY = standard()
QUIET = replace(POLICY, confirm_within_days=0)
"""The standard policy without confirmations, which have tests of their own: they would go before everything else."""


def decide(given: Facts, now: datetime, customer: Customer | None = CUSTOMER, policy: Policy = QUIET) -> Decision:
    return evaluate(customer, (policy,), given, now)


def at(day: date | str, hour: int = 9, minute: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    """An instant by the customer's own clock."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=zone).astimezone(UTC)


def on(day: str) -> date:
    return date.fromisoformat(day)


def calendar(*holidays: str, zone: str = "Europe/Berlin") -> Calendar:
    return Calendar(ZoneInfo(zone), SendingWindow(), frozenset(date.fromisoformat(day) for day in holidays))


def item(number: int = 1, **changes) -> Item:
    given = {
        "item_id": "1",
        "invoice_id": f"inv-{number}",
        "creditor_id": "main",
        "number": f"R-{number}",
        "issued_on": date(2026, 2, 1),
        "due_on": DUE_ON,
        "currency": "EUR",
        "amount_minor": 11900,
        "open_minor": 11900,
        "state": "overdue",
        "version": 1,
    }
    return Item(**(given | changes))


def settled(of: Item) -> Item:
    return replace(of, open_minor=0, state="settled", version=of.version + 1)


def uid(number: int) -> UUID:
    return UUID(int=number)


def reminder(*of: Item, number: int = 100, requested_at: datetime | None = None, **changes) -> Reminder:
    items = of or (item(),)
    requested_at = requested_at or at(STEP_ON)
    stage = changes.get("stage", 1)
    given = {
        "reminder_id": uid(number),
        "case_id": uid(1),
        "creditor_id": items[0].creditor_id,
        "currency": items[0].currency,
        "stage": stage,
        "items": tuple(RequestedItem(i.item_id, i.invoice_id, i.due_on, i.open_minor, stage=stage) for i in items),
        "requested_at": requested_at,
        "not_after_at": at(requested_at.astimezone(BERLIN).date(), 20),
        "deadline_on": date(2026, 3, 16),
        "customer_version": 1,
        "seen": {"invoice-service": 3, "feedback-service": 0, "notifier": 0},
    }
    return Reminder(**(given | changes))


def delivery(kind: str, number: int = 100, **changes) -> Delivery:
    return Delivery(
        **({"reminder_id": uid(number), "kind": kind, "at": at(STEP_ON, 9, 5), "channel": "email"} | changes)
    )


def said(stage: int, day: str, *of: Item, deadline: str, number: int = 100, **changes) -> dict:
    """A message of the ladder that left on a day, as `reminders` and `deliveries` of facts."""
    told = reminder(*of, number=number, requested_at=at(day), stage=stage, deadline_on=on(deadline), **changes)
    return {"reminders": (told,), "deliveries": (delivery("sent", number, at=at(day, 9, 5)),)}


def together(*parts: dict) -> dict:
    """Several such messages."""
    return {name: tuple(one for part in parts for one in part[name]) for name in ("reminders", "deliveries")}


def promise(day: str, said_at: datetime | None = None, amount_minor: int | None = 11900, **changes) -> Promise:
    about = {name: changes.pop(name) for name in tuple(changes) if name in About.__dataclass_fields__}
    given = {"response_id": "resp-1", "said_at": said_at or at(STEP_ON, 10), "on": on(day), "about": About(**about)}
    return Promise(**(given | {"amount_minor": amount_minor} | changes))


def claim(said_at: datetime, response_id: str = "resp-2", **changes) -> PaymentClaim:
    about = {name: changes.pop(name) for name in tuple(changes) if name in About.__dataclass_fields__}
    return PaymentClaim(response_id, said_at, About(**about), **changes)


def dispute(said_at: datetime, amount_minor: int | None = None, outcome: str | None = None, **changes) -> Dispute:
    """A dispute; with an outcome, one that was decided at `decided_at`, perhaps for `accepted_minor`."""
    decided_at, accepted = changes.pop("decided_at", said_at), changes.pop("accepted_minor", None)
    decision = DisputeDecision(outcome, decided_at, accepted) if outcome else None
    about = {name: changes.pop(name) for name in tuple(changes) if name in About.__dataclass_fields__}
    given = {"response_id": "resp-3", "about": About(**about), "amount_minor": amount_minor, "decision": decision}
    return Dispute(said_at=said_at, **(given | changes))


def question(kind: str, said_at: datetime, answered_at: datetime | None = None, **about) -> Question:
    return Question("resp-4", kind, said_at, About(**about), answered_at)


def hold(scope: str = "customer", scope_id: str | None = None, until_on: str | None = None, **changes) -> Hold:
    given = {"hold_id": "hold-1", "reason": "manual", "until_on": on(until_on) if until_on else None}
    return Hold(scope=scope, scope_id=scope_id, **(given | changes))


def came_back(day: str, payment_id: str = "p-1", **changes) -> ReturnedPayment:
    return ReturnedPayment(payment_id, on(day), **changes)


def facts(*items: Item, **changes) -> Facts:
    given = {
        "tenant": TENANT,
        "creditors": {"main": CREDITOR},
        "items": items or (item(),),
        "cases": (Case(uid(1), "main", "EUR"),),
        "had": {"invoice-service": 3, "feedback-service": 0, "notifier": 0},
    }
    return Facts(**(given | changes))


def known(until: datetime | None) -> dict:
    """The creditor's payments are known up to here; None: the ERP never said so."""
    return {"creditors": {"main": replace(CREDITOR, payments_known_until=until)}}


def rules(decision: Decision) -> list[str]:
    return [reason.rule for reason in decision.reasons]


def codes(decision: Decision) -> list[str]:
    return [request.code for request in decision.requests]


def demands(decision: Decision) -> tuple[Request, ...]:
    """The messages that ask for something; confirmations are told elsewhere."""
    return tuple(request for request in decision.requests if request.kind not in ("service", "promise_note"))
