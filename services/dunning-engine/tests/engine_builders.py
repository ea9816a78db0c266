"""Facts with sensible defaults: a business in Berlin that owes one invoice, due on Monday 2 March 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from dunning_engine.domain.answers import About, Case, Hold, PaymentClaim, Promise
from dunning_engine.domain.calendar import Calendar
from dunning_engine.domain.decision import Decision
from dunning_engine.domain.facts import Creditor, Customer, Delivery, Facts, Item, Reminder, RequestedItem, Tenant
from dunning_engine.domain.policy import SendingWindow

BERLIN = ZoneInfo("Europe/Berlin")
DUE_ON = date(2026, 3, 2)
STEP_ON = date(2026, 3, 7)  # a Saturday
TENANT = Tenant(country="DE")
CREDITOR = Creditor("main", country="DE", region=None, language="en")
CUSTOMER = Customer("c-1", version=1, time_zone="Europe/Berlin", country="DE")


def at(day: date | str, hour: int = 9, minute: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    """An instant by the customer's own clock."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=zone).astimezone(UTC)


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
    given = {
        "reminder_id": uid(number),
        "case_id": uid(1),
        "creditor_id": items[0].creditor_id,
        "currency": items[0].currency,
        "stage": 1,
        "items": tuple(RequestedItem(i.item_id, i.invoice_id, i.due_on, i.open_minor, stage=1) for i in items),
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


def promise(on: str, said_at: datetime | None = None, **about) -> Promise:
    return Promise("resp-1", said_at or at(STEP_ON, 10), date.fromisoformat(on), About(**about), amount_minor=11900)


def claim(said_at: datetime, **about) -> PaymentClaim:
    return PaymentClaim("resp-2", said_at, About(**about))


def hold(scope: str = "customer", scope_id: str | None = None, until_on: str | None = None) -> Hold:
    return Hold("hold-1", scope, scope_id, "manual", date.fromisoformat(until_on) if until_on else None)


def facts(*items: Item, **changes) -> Facts:
    given = {
        "tenant": TENANT,
        "creditors": {"main": CREDITOR},
        "items": items or (item(),),
        "cases": (Case(uid(1), "main", "EUR"),),
        "had": {"invoice-service": 3, "feedback-service": 0, "notifier": 0},
    }
    return Facts(**(given | changes))


def rules(decision: Decision) -> list[str]:
    return [reason.rule for reason in decision.reasons]


def applied(decision: Decision, given: Facts, now: datetime, customer: Customer = CUSTOMER) -> Facts:
    """The facts as they stand once a decision has been recorded."""
    ids = {(c.creditor_id, c.currency): c.case_id for c in given.cases}
    new = [Case(uid(10_000 + n + len(given.reminders)), *key) for n, key in enumerate(decision.opened)]
    ids |= {(c.creditor_id, c.currency): c.case_id for c in new}
    requested = tuple(
        Reminder(
            reminder_id=uid(1_000_000 + len(given.reminders) + n),
            case_id=ids[request.case],
            creditor_id=request.case[0],
            currency=request.case[1],
            stage=request.number,
            items=tuple(
                RequestedItem(a.item.item_id, a.item.invoice_id, a.item.due_on, a.item.open_minor, a.stage)
                for a in request.items
            ),
            requested_at=now,
            not_after_at=request.not_after_at,
            deadline_on=request.deadline_on,
            customer_version=customer.version,
            seen=dict(given.had),
        )
        for n, request in enumerate(decision.requests)
    )
    because = {w.reminder_id: w.reason for w in decision.withdrawals}
    noted = {s.reminder_id for s in decision.stages_reached}
    known = tuple(
        replace(
            r,
            withdrawn_because=because.get(r.reminder_id, r.withdrawn_because),
            is_noted=r.is_noted or r.reminder_id in noted,
        )
        for r in given.reminders
    )
    promised = {n.promise.response_id for n in decision.promises_noted}
    return replace(
        given,
        reminders=known + requested,
        cases=tuple(c for c in (*given.cases, *new) if c not in decision.closed),
        promises=tuple(replace(p, is_noted=p.is_noted or p.response_id in promised) for p in given.promises),
    )
