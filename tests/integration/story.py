"""How a story is told: what the ERP publishes, how time passes, what comes out. Only public doors are used."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self

import httpx2

from kulant_chassis.clock import WallClock
from kulant_cli import fiction
from kulant_cli.book import Book, Customer, Invoice, Payment, Person
from kulant_cli.days import settle
from kulant_cli.doors import Doors
from kulant_cli.erp import Erp
from kulant_cli.facts import Fact, creditor_changed, customer_changed, invoice_issued, payment_received, tenant_changed
from kulant_cli.judge import Evidence
from kulant_cli.judge.letters import Letter, read_letter
from kulant_cli.listener import Listener
from kulant_cli.mailbox import Mailbox
from kulant_cli.pages import forms_of
from kulant_cli.stack import Stack
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.envelope import Event, EventData, decode
from kulant_contracts.erp import MAIN_CREDITOR
from kulant_contracts.registry import EVENTS
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_contracts.topics import ERP
from tests.integration.chronicle import Sent, chronicle
from tests.integration.erp_words import checked

MONDAY = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DUE_ON = date(2026, 3, 4)
REMINDED_AT = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
"""Monday, five days after the due date, ten in the morning in Berlin: the friendly reminder may leave."""
BEFORE_REMINDER = datetime(2026, 3, 9, 5, 0, tzinfo=UTC)
PATIENCE_SECONDS = 60.0


class Story:
    """One tenant on the running system."""

    def __init__(self, system: Stack, tenant: str) -> None:
        self.system = system
        self.tenant = tenant
        self.now_at = MONDAY
        self.stood = [MONDAY]
        info = system.info
        self.erp = Erp(info.kafka, tenant, WallClock())
        self.doors = Doors(info.services, info.token().strip(), tenant)
        self.listener = Listener(info.kafka, tenant, info.services)
        self._mailbox = Mailbox(Path(info.mailbox_dir))
        self.creditors = [MAIN_CREDITOR]

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as leaving:
            await leaving.enter_async_context(self.doors)
            leaving.push_async_callback(self.erp.stop)
            await self.erp.start()
            leaving.push_async_callback(self.listener.stop)
            await self.listener.start()
            book = Book(self.tenant, "Story", MONDAY, MONDAY.date(), fiction.CREDITOR, (), (), ())
            await self.say(tenant_changed(book), creditor_changed(fiction.CREDITOR))
            await self.settle()
            self._leaving = leaving.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leaving.aclose()

    async def say(self, *facts: EventData) -> None:
        """Publish facts as the ERP and wait for the broker's acknowledgement."""
        await self.erp.publish([Fact(self.now_at, fact) for fact in facts])

    def customer(self, number: int = 1, **changes: Any) -> EventData:
        """A customer in Bavaria who has one e-mail contact."""
        customer = Customer(
            customer_id=f"C{number}",
            name=f"Beispiel {number} GmbH",
            kind="business",
            place=fiction.PLACES[0],
            email=self.address(number),
            person=Person("ms", "Paula", "Beispiel"),
        )
        return customer_changed(replace(customer, **changes), fiction.CREDITOR)

    def address(self, number: int = 1) -> str:
        """Where the mail of a customer goes."""
        return f"c{number}@{self.tenant}.example.org"

    def invoice(self, name: str = "i1", *, customer: int = 1, due_on: date = DUE_ON, minor: int = 11_900) -> Invoice:
        """An invoice of one item."""
        return Invoice(
            customer_id=f"C{customer}",
            invoice_id=name,
            number=f"R-{name}",
            issued_on=due_on - timedelta(days=14),
            due_on=due_on,
            amount_minor=minor,
            currency="EUR",
            account_id=fiction.CREDITOR.accounts[0].account_id,
        )

    def payment(self, invoice: Invoice, *, minor: int | None = None, name: str = "p1") -> EventData:
        """Money for an invoice: all of it, unless another amount is said."""
        payment = Payment(
            payment_id=name,
            customer_id=invoice.customer_id,
            invoice_id=invoice.invoice_id,
            item_id=invoice.item_id,
            amount_minor=invoice.amount_minor if minor is None else minor,
            currency=invoice.currency,
            account_id=invoice.account_id,
            at=self.now_at,
        )
        return payment_received(payment).data

    async def one_debt(self) -> Invoice:
        """The usual beginning: one customer, one invoice that is due on Wednesday."""
        invoice = self.invoice()
        await self.say(self.customer(), invoice_issued(invoice))
        await self.settle()
        return invoice

    async def move(self, at: datetime) -> None:
        """Move the tenant's clock without waiting for what that leads to."""
        self.now_at = at
        self.stood.append(at)
        await self.doors.move_clock(at)

    async def settle(self) -> None:
        """Wait until nobody has anything left to do."""
        await settle(self.doors, self.now_at, limit_seconds=PATIENCE_SECONDS)

    async def day(self, at: datetime) -> None:
        """Let time pass up to this instant, with everything that follows."""
        await self.move(at)
        await self.settle()

    async def days(self, until_on: date, *, at: time = time(9)) -> None:
        """Let day after day pass, each up to this time (UTC); every morning the ERP says that payments are known."""
        day = self.now_at.date() + timedelta(days=1)
        while day <= until_on:
            await self.say(*(checked(self.now_at, creditor_id) for creditor_id in self.creditors))
            await self.day(datetime.combine(day, at, tzinfo=UTC))
            day += timedelta(days=1)

    async def sent(self, customer: int | None = None) -> list[Sent]:
        """All messages that left, in order, or those to one customer."""
        told = chronicle(await self.events(ReminderRequestedV1, DeliverySentV1))
        return [one for one in told if customer is None or one.customer_id == f"C{customer}"]

    def letters(self, number: int | None = None) -> list[Letter]:
        """The mails that left for this tenant's customers, or for one of them."""
        letters = [read_letter(mail.name, mail.content) for mail in self._mailbox.all()]
        wanted = f"@{self.tenant}.example.org" if number is None else self.address(number)
        return [letter for letter in letters if any(address.endswith(wanted) for address in letter.recipients)]

    async def events(self, *types: type[EventData]) -> list[Event]:
        """What was published about this tenant so far, of these types."""
        await self.listener.catch_up()
        names = {one.TYPE for one in types}
        events = [
            decode(record.value, record.headers, EVENTS)
            for record in self.listener.records
            if ".dead-letter." not in record.topic and any(f'"{name}"'.encode() in record.value for name in names)
        ]
        return [event for event in events if event.envelope.type in names]

    async def all_events(self) -> list[Event]:
        """Everything that the services published about this tenant so far."""
        await self.listener.catch_up()
        return [
            decode(record.value, record.headers, EVENTS)
            for record in self.listener.records
            if ".dead-letter." not in record.topic and record.topic != ERP
        ]

    async def wait_for(self, *types: type[EventData], count: int = 1) -> list[Event]:
        """Wait until so many events of these types were published."""
        found: list[Event] = []

        async def is_there() -> bool:
            found[:] = await self.events(*types)
            return len(found) >= count

        await until(is_there)
        return found

    async def evidence(self) -> Evidence:
        """All that can be seen of the story so far, as the judge of a run wants it."""
        await self.listener.catch_up()
        return Evidence(
            tenant=self.tenant,
            facts=tuple(self.erp.published),
            records=tuple(self.listener.records),
            mails=tuple(self._mailbox.all()),
            answers=(),
            clock=tuple(self.stood),
        )

    async def reminder(self, reminder_id: str) -> dict[str, Any]:
        """A reminder as the notifier's API shows it to an operator."""
        info = self.system.info
        headers = {"Authorization": f"Bearer {info.token().strip()}", "Kulant-Tenant": self.tenant}
        async with httpx2.AsyncClient(headers=headers, trust_env=False) as client:
            answer = await client.get(f"{info.services['notifier']}/v1/reminders/{reminder_id}")
        return dict(answer.json()) if answer.is_success else {}

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        more_headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Use a service's API as somebody of the finance team would."""
        info = self.system.info
        headers = {
            "Authorization": f"Bearer {info.token().strip()}",
            "Kulant-Tenant": self.tenant,
            "Idempotency-Key": secrets.token_hex(8),
            **(more_headers or {}),
        }
        async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=30) as client:
            return await client.request(method, f"{info.services[service]}{path}", json=body)

    async def answer(self, letter: Letter, kind: str, **fields: str) -> int:
        """Open the page that a mail links to and send its form of that kind: `paid` or `promise`."""
        html = await self.doors.visit(letter.links[0])
        form = next(form for form in forms_of(html, letter.links[0]) if form.says("answer") == kind)
        status, page = await self.doors.submit(form.action, form.filled(fields))
        assert status == 200, page  # the page that a taken answer leads to
        return status

    async def stop(self, *names: str) -> None:
        """Stop processes, as for maintenance."""
        await asyncio.to_thread(self.system.stop_process, *names)

    async def start(self, *names: str) -> None:
        """Start processes again and wait until they are ready."""
        await asyncio.to_thread(self.system.start_process, *names)

    async def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        await asyncio.to_thread(self.system.kill_process, name)


async def until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition, plain or awaitable; never for a time."""
    async with asyncio.timeout(seconds):
        while True:
            outcome = condition()
            if await outcome if asyncio.iscoroutine(outcome) else outcome:
                return
            await asyncio.sleep(0.05)


def traceparent() -> str:
    """A trace context of the ERP's own, sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def types_of(events: Iterable[Event]) -> list[str]:
    """The types of events in order."""
    return [event.envelope.type for event in events]
