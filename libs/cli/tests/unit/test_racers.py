"""Who races is put off by the mailbox until its payment is acknowledged, and nobody else is."""

import asyncio
from datetime import date, timedelta

from kulant_cli import racers as racers_module
from kulant_cli.book import Book
from kulant_cli.facts import payment_received
from kulant_cli.fiction import CREDITOR
from kulant_cli.racers import Racers
from kulant_devstack.deferral import Deferrals
from libs.cli.tests.judge_builders import CUSTOMER, INVOICE, SENT_AT, STARTS_AT, TENANT, payment

BOOK = Book(TENANT, "Test", STARTS_AT, date(2026, 4, 12), CREDITOR, (CUSTOMER,), (INVOICE,), ())
NOW = SENT_AT + timedelta(days=3)
MAIL = b"Message-ID: <d-1@creditor.example>\r\nX-Kulant-Reminder: r1\r\n\r\nPlease pay.\r\n"
ADDRESS = CUSTOMER.email


class Erp:
    """Remembers what it told, and whether the mailbox still put the mail off when it did."""

    def __init__(self, deferrals):
        self.told, self.was_put_off = [], []
        self._deferrals = deferrals

    async def publish(self, facts):
        self.told += facts
        self.was_put_off.append(self._deferrals.among([ADDRESS]) is not None)


async def _until(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


async def test_the_payment_is_told_once_while_the_mail_is_put_off_and_the_mail_is_wanted_again(tmp_path, monkeypatch):
    monkeypatch.setattr(racers_module, "HURRY_SECONDS", (0.0,))
    mailbox = Deferrals(tmp_path)
    mailbox.note(ADDRESS, MAIL, SENT_AT)  # of an earlier run
    erp = Erp(mailbox)
    racers = Racers(erp, [payment_received(payment())], BOOK, tmp_path)
    racers.now_at = NOW
    running = asyncio.create_task(racers.run())
    await _until(lambda: mailbox.among([ADDRESS]))
    assert erp.told == []

    mailbox.note(ADDRESS, MAIL, SENT_AT)
    mailbox.note(ADDRESS, MAIL, SENT_AT)
    await _until(running.done)

    assert [fact.at for fact in erp.told] == [NOW]
    assert erp.was_put_off == [True]
    assert mailbox.among([ADDRESS]) is None
    assert {one.reminder_id for one in racers.put_off()} == {"r1"}
    assert racers.seen <= 2


async def test_who_breaks_off_leaves_nobody_put_off(tmp_path):
    mailbox = Deferrals(tmp_path)
    racers = Racers(Erp(mailbox), [payment_received(payment())], BOOK, tmp_path)
    running = asyncio.create_task(racers.run())
    await _until(lambda: mailbox.among([ADDRESS]))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert mailbox.among([ADDRESS]) is None
