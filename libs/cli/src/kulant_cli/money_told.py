"""How much money the reminders of a run were about, and what became of it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, Self

from kulant_cli.judge import Evidence
from kulant_cli.judge.messages import ASKS, sent_reminders
from kulant_cli.judge.story import read_story
from kulant_contracts.erp import ErpPaymentReceivedV1
from kulant_contracts.money import Money


@dataclass(slots=True)
class MoneyTold:
    """Minor units and counts by currency."""

    reminded: Counter[str] = field(default_factory=Counter)
    paid_since: Counter[str] = field(default_factory=Counter)
    reminders: Counter[str] = field(default_factory=Counter)
    paid_late_unreminded: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Work it out from the evidence."""
        story, told = read_story(evidence), cls()
        items, spoken = story.books.items, set()
        for _, request in sent_reminders(story, ASKS):
            told.reminders[request.currency] += 1
            for asked in request.items:
                key = (asked.invoice_id, asked.item_id)
                spoken.add(key)
                told.reminded[request.currency] += asked.open.amount_minor
                told.paid_since[request.currency] += asked.open.amount_minor - story.books.open_minor(items[key])
        paid_on = {
            (part.invoice_id, part.item_id): fact.received_on
            for fact in story.books.all_of(ErpPaymentReceivedV1)
            for part in fact.allocations
        }
        for key, item in items.items():
            is_late = item.due_on is not None and key in paid_on and paid_on[key] > item.due_on
            told.paid_late_unreminded[item.currency] += is_late and key not in spoken
        return told

    def amount(self, what: Literal["reminded", "paid_since"], currency: str) -> str:
        """The amount as people write it."""
        minor: Counter[str] = getattr(self, what)
        whole, _, fraction = Money.from_minor(minor[currency], currency).amount.partition(".")
        return f"{currency} {int(whole):,}" + (f".{fraction}" if fraction else "")

    def share(self, currency: str) -> str:
        """How much of what was reminded of has been paid, in per cent."""
        reminded = self.reminded[currency]
        return f"{100 * self.paid_since[currency] // reminded} % of it" if reminded else ""
