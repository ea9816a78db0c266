"""A small world around the decision: an ERP, a customer who answers, a notifier, a clock; facts may come late.

It keeps its own account of what is true, apart from everything that the engine derives, and looks at every message at
the moment in which it leaves.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from engine_builders import BERLIN, CREDITOR, CUSTOMER, POLICY, TENANT, at, calendar
from engine_recorder import applied

from dunning_engine.domain.answers import Hold
from dunning_engine.domain.decision import Decision, Request
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import Delivery, Facts, Item, Reminder
from dunning_engine.domain.policy import Policy

HOLIDAYS = ("2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-10-03", "2026-12-25")
DAYS = calendar(*HOLIDAYS)
Decide = Callable[..., Decision]
EXEMPT = ("service", "promise_note")
WAITS_FOR_SOMEBODY = {
    "settled", "no_due_date", "held", "ladder_done", "person_asked", "not_delivered", "refused_unexplained",
    "nothing_owed", "below_minimum", "disputed", "question_open", "credit_covers", "direct_debit", "represented",
    "no_channel",
}  # fmt: skip


@dataclass
class Sent:
    """A message that left, as an outsider sees it."""

    reminder: Reminder
    request: Request
    at: datetime
    came_back: bool = False

    @property
    def day(self) -> date:
        return self.at.astimezone(BERLIN).date()

    @property
    def stages(self) -> dict:
        return {asked.item.key: asked.stage for asked in self.request.items}


def nothing_known() -> Facts:
    return Facts(
        tenant=TENANT,
        creditors={"main": replace(CREDITOR, payments_known_until=None)},
        holidays={("DE", None): DAYS.holidays},
        had={"invoice-service": 0, "feedback-service": 0, "notifier": 0},
    )


@dataclass
class World:
    """Facts that were told lie in `pending` until the engine reads them, in any order, perhaps twice."""

    decide: Decide = evaluate
    policy: Policy = POLICY
    now: datetime = field(default_factory=lambda: at("2026-03-02"))
    facts: Facts = field(default_factory=nothing_known)
    pending: list[tuple[str, object]] = field(default_factory=list)
    told: int = 0
    requests: dict[object, Request] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    next_look_at: datetime | None = None
    next_end: str = "sent"
    random: Random = field(default_factory=lambda: Random(0))
    on_send: Callable[["World", Sent], None] = lambda world, sent: None
    on_decision: Callable[["World", Decision], None] = lambda world, decision: None

    @property
    def today(self) -> date:
        return DAYS.day_of(self.now)

    def tell(self, kind: str, fact: object) -> None:
        """Something is acknowledged; the engine may read it later."""
        self.told += 1
        self.pending.append((kind, fact))

    def read(self, again: Iterable[tuple[str, object]] = ()) -> None:
        """The engine reads all that was told, in whatever order, some of it twice, and decides once."""
        pending = [*self.pending, *again]
        self.random.shuffle(pending)
        for kind, fact in pending:
            self._take(kind, fact)
        self.pending.clear()
        self.facts = replace(self.facts, had={**self.facts.had, "invoice-service": self.told})
        self.settle()

    def settle(self) -> None:
        """Decide, hand over, decide again, until nothing happens any more."""
        for _ in range(60):
            if not self._look() and not self._hand_over():
                return
        raise AssertionError("the decision never comes to rest")

    def pass_days(self, count: int, *, payments_known: bool) -> None:
        """Time passes and everything runs: look whenever a look is due."""
        until = self.now + timedelta(days=count)
        for _ in range(60 * (count + 1)):
            if self.next_look_at is None or self.next_look_at > until:
                self.now = until
                self._know(payments_known=payments_known)
                return self.settle()
            self.now = self.next_look_at
            self._know(payments_known=payments_known)
            self.settle()
        raise AssertionError("looks follow one another without end")

    def item(self, key) -> Item:
        """An item as the ERP knows it, whatever the engine has read."""
        told = [fact for _, fact in self.pending if isinstance(fact, Item) and fact.key == key]
        return max([*told, *(i for i in self.facts.items if i.key == key)], key=lambda i: i.version)

    def change(self, key, **changes) -> None:
        """A higher version of an item."""
        item = self.item(key)
        self.tell("item", replace(item, version=item.version + 1, **changes))

    def come_back(self, message: Sent) -> None:
        """An e-mail bounces, at once or days later."""
        message.came_back = True
        contact = f"k-{len(self.sent)}"
        reminder_id = message.reminder.reminder_id
        self.tell("delivery", Delivery(reminder_id, "bounced", self.now, "email", "gone", contact_id=contact))

    def _know(self, *, payments_known: bool) -> None:
        if payments_known:
            creditors = {
                name: replace(creditor, payments_known_until=self.now)
                for name, creditor in self.facts.creditors.items()
            }
            self.facts = replace(self.facts, creditors=creditors)

    def _look(self) -> bool:
        self.facts = replace(self.facts, items=tuple(self._by_the_clock(item) for item in self.facts.items))
        decision = self.decide(CUSTOMER, (self.policy,), self.facts, self.now)
        self.on_decision(self, decision)
        first = len(self.facts.reminders)
        self.facts = applied(decision, self.facts, self.now)
        for reminder, request in zip(self.facts.reminders[first:], decision.requests, strict=True):
            self.requests[reminder.reminder_id] = request
        self.next_look_at = decision.next_look_at
        return decision.outcome != "nothing"

    def _by_the_clock(self, item: Item) -> Item:
        """What invoice-service's own clock says about an item."""
        if item.open_minor <= 0:
            return replace(item, state="settled")
        return replace(item, state="overdue" if self.today > item.due_on else "open")

    def _hand_over(self) -> bool:
        ended = {delivery.reminder_id for delivery in self.facts.deliveries}
        open_ones = [r for r in self.facts.reminders if r.reminder_id not in ended]
        return any([self._end(reminder) for reminder in open_ones])  # noqa: C419 (every one of them ends)

    def _end(self, reminder: Reminder) -> bool:
        if reminder.withdrawn_because is not None:
            return self._ends(reminder, "suppressed", "withdrawn")
        if self.now >= reminder.not_after_at:
            return self._ends(reminder, "suppressed", "expired")
        if self.pending:
            return self._ends(reminder, "suppressed", "stale", seen={"invoice-service": self.told})
        kind, self.next_end = self.next_end, "sent"
        if kind == "silence":
            return False
        if kind in ("sent", "unknown"):
            message = Sent(reminder, self.requests[reminder.reminder_id], self.now)
            self.on_send(self, message)
            self.sent.append(message)
        return self._ends(reminder, kind, {"failed": "no_contact"}.get(kind))

    def _ends(self, reminder: Reminder, kind: str, reason: str | None, **changes) -> bool:
        self._take("delivery", Delivery(reminder.reminder_id, kind, self.now, "email", reason, **changes))
        return True

    def _take(self, kind: str, fact) -> None:
        """What the store does: the highest version of an item stays, the first word of an answer."""
        name = {"delivery": "deliveries"}.get(kind, f"{kind}s")
        known = getattr(self.facts, name, ())
        match kind:
            case "item":
                same = [one for one in known if one.key == fact.key]
                taken = (*(one for one in known if one.key != fact.key), max([*same, fact], key=lambda i: i.version))
            case "lift":
                return self._lift(fact)
            case "decision" | "answer":
                return self._answered(kind, *fact)
            case "credit":
                taken = (fact,)
            case _:
                taken = known if any(_id(one) == _id(fact) for one in known) else (*known, fact)
        self.facts = replace(self.facts, **{name: tuple(taken)})
        return None

    def _lift(self, hold: Hold) -> None:
        known = {one.hold_id: one for one in self.facts.holds}
        known[hold.hold_id] = replace(known.get(hold.hold_id, hold), is_set=False)
        self.facts = replace(self.facts, holds=tuple(known.values()))

    def _answered(self, kind: str, response_id: str, value) -> None:
        """A person decided a dispute, or answered a question."""
        name, attribute = {"decision": ("disputes", "decision"), "answer": ("questions", "answered_at")}[kind]
        changed = tuple(
            replace(one, **{attribute: value}) if one.response_id == response_id else one
            for one in getattr(self.facts, name)
        )
        self.facts = replace(self.facts, **{name: changed})


def _id(fact) -> object:
    if isinstance(fact, Item):
        return fact.key
    if isinstance(fact, Delivery):
        return fact.reminder_id, fact.kind
    return getattr(fact, "response_id", None) or getattr(fact, "hold_id", None)


def new_item(number: int, due_on: date, minor: int, **changes) -> Item:
    given = {
        "item_id": "1", "invoice_id": f"inv-{number}", "creditor_id": "main", "number": f"R-{number}",
        "issued_on": due_on - timedelta(days=60), "due_on": due_on, "currency": "EUR", "amount_minor": minor,
        "open_minor": minor, "state": "open", "version": 1, "corrected_minor": 0,
    }  # fmt: skip
    return Item(**(given | changes))
