from dataclasses import dataclass, field, replace

from feedback_builders import ANSWER_ID, NOW, TODAY, a_creditor, a_customer, a_reminder, an_item

from feedback_service.domain.answer import Outcome
from feedback_service.domain.fact import CustomerErased, ReminderRequested
from feedback_service.domain.standing import CaseTold, Credit, Hold, OutcomeTold
from feedback_service.usecases.record_facts import record_facts


@dataclass
class Saved:
    items: list = field(default_factory=list)
    customers: list = field(default_factory=list)
    creditors: list = field(default_factory=list)
    reminders: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    told: list = field(default_factory=list)

    async def save_items(self, items):
        self.items += items

    async def save_customers(self, customers):
        self.customers += customers

    async def save_creditors(self, creditors):
        self.creditors += creditors

    async def save_reminders(self, reminders):
        self.reminders += reminders

    async def save_sent(self, sent):
        self.sent += sent

    async def save_credits(self, credits_):
        self.told += credits_

    async def save_holds(self, holds):
        self.told += holds

    async def save_cases(self, cases):
        self.told += cases

    async def save_outcomes(self, outcomes):
        self.told += outcomes

    async def erase(self, erased):
        self.told += erased


async def test_each_entity_of_a_batch_is_saved_once_at_its_highest_version():
    saved = Saved()

    await record_facts(
        saved,
        [
            an_item(version=2),
            a_customer(version=5),
            an_item(version=9),
            a_customer(),
            a_creditor(),
            a_creditor(version=2),
        ],
    )

    assert [item.version for item in saved.items] == [9]
    assert [customer.version for customer in saved.customers] == [5]
    assert [creditor.version for creditor in saved.creditors] == [2]


async def test_a_reminder_brings_its_items_which_any_real_fact_beats():
    saved = Saved()
    as_reminded = an_item(version=0, open_minor=1)

    await record_facts(
        saved, [an_item(version=1), ReminderRequested(a_reminder(), (as_reminded, an_item("B", version=0)))]
    )

    assert {item.number: item.version for item in saved.items} == {"RE-2026-0412": 1, "B": 0}
    assert saved.reminders == [a_reminder()]


async def test_holds_credits_cases_and_outcomes_are_saved_once_at_their_latest():
    saved = Saved()
    hold = Hold("acme", "c-1", "erp", "h-1", 1, True, "customer", "manual")
    credit = Credit("acme", "c-1", "main", "EUR", 500, 1)
    case = CaseTold("acme", "case-1", "c-1", "main", 1, NOW, "open")
    outcome = OutcomeTold("acme", ANSWER_ID, 1, Outcome.TAKEN_UP)
    erased = CustomerErased("acme", "c-9", 1, TODAY)

    await record_facts(
        saved,
        [
            replace(hold, version=2, is_set=False), hold, credit, replace(credit, version=3), case,
            replace(case, version=4, state="closed"), replace(outcome, version=2, outcome=Outcome.KEPT), outcome,
            erased,
        ],
    )  # fmt: skip

    assert saved.told == [
        replace(credit, version=3),
        replace(hold, version=2, is_set=False),
        replace(case, version=4, state="closed"),
        replace(outcome, version=2, outcome=Outcome.KEPT),
        erased,
    ]
