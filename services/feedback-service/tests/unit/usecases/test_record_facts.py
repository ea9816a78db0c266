from dataclasses import dataclass, field

from feedback_builders import a_creditor, a_customer, a_reminder, an_item

from feedback_service.domain.fact import ReminderRequested
from feedback_service.usecases.record_facts import record_facts


@dataclass
class Saved:
    items: list = field(default_factory=list)
    customers: list = field(default_factory=list)
    creditors: list = field(default_factory=list)
    reminders: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    taken_up: list = field(default_factory=list)

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

    async def mark_taken_up(self, promises):
        self.taken_up += promises


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
