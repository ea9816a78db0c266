"""A store in memory for the tests of use cases and page: what the ports promise, and nothing more."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from feedback_builders import NOW, a_creditor, a_customer, a_message, a_reminder, an_item

from feedback_service.domain.answer import RecordedAnswer


@dataclass
class Memory:
    """Holds what was given, and notes what was locked and recorded."""

    reminders: dict = field(default_factory=lambda: {(one := a_reminder()).reminder_id: one})
    creditors: list = field(default_factory=lambda: [a_creditor()])
    customers: list = field(default_factory=lambda: [a_customer()])
    items: list = field(default_factory=lambda: [an_item()])
    time: Any = NOW
    recorded: list = field(default_factory=list)
    traceparents: list = field(default_factory=list)
    locked: list = field(default_factory=list)
    opened: list = field(default_factory=list)
    sent: list = field(default_factory=lambda: [a_message()])
    credit: list = field(default_factory=list)
    held: list = field(default_factory=list)
    cases: dict = field(default_factory=dict)
    deliveries: dict = field(default_factory=dict)
    mails: dict = field(default_factory=dict)
    revoked: list = field(default_factory=list)

    @asynccontextmanager
    async def reading(self):
        self.opened.append("reading")
        yield self

    @asynccontextmanager
    async def writing(self):
        self.opened.append("writing")
        yield self

    async def now(self, tenant):
        return self.time

    async def reminder(self, reminder_id):
        return self.reminders.get(reminder_id)

    async def creditor(self, tenant, creditor_id):
        return next((one for one in self.creditors if (one.tenant, one.creditor_id) == (tenant, creditor_id)), None)

    async def customer(self, tenant, customer_id):
        return next((one for one in self.customers if (one.tenant, one.customer_id) == (tenant, customer_id)), None)

    async def open_items(self, tenant, customer_id, creditor_id):
        return list(self.items)

    async def answers(self, tenant, customer_id, creditor_id):
        return [RecordedAnswer(answer) for answer in reversed(self.recorded)]

    async def answer(self, answer_id):
        return next((RecordedAnswer(answer) for answer in self.recorded if answer.answer_id == answer_id), None)

    async def messages(self, tenant, customer_id, creditor_id):
        return list(self.sent)

    async def credits_of(self, tenant, customer_id, creditor_id):
        return list(self.credit)

    async def holds(self, tenant, customer_id, creditor_id):
        return list(self.held)

    async def case(self, tenant, case_id):
        return self.cases.get(case_id)

    async def lock(self, tenant, customer_id):
        self.locked.append((tenant, customer_id))

    async def record(self, answer, reminder, traceparent):
        self.recorded.append(answer)
        self.traceparents.append(traceparent)

    async def sent_as(self, deliveries):
        return {one: self.deliveries[one] for one in deliveries if one in self.deliveries}

    async def only_tenant(self):
        return "acme"

    async def has_mail(self, mail_id):
        return mail_id in self.mails

    async def keep_mail(self, kept):
        self.mails.setdefault(kept.mail_id, kept)

    async def revoke(self, reminder_id):
        self.revoked.append(reminder_id)
