"""`remind`: commands pass three real clearances and leave as distinct mails: sender's start to last `sent` readable."""

import asyncio
import json
import os
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from email.message import EmailMessage
from functools import cache

from aiosmtplib import SMTP

from bench.asked import Process, ask_for_reminders, start, stop
from bench.ground import Ground, wait_for
from bench.runs import Bench
from bench.scenes import begin_again
from bench.traffic import Reader
from bench.usage import Costs, Meter
from kulant_cli.fleet import ROLES
from kulant_contracts import topics
from kulant_contracts.delivery import DeliverySentV1
from kulant_devstack.ports import LOOPBACK, free_ports
from kulant_devstack.topics import run_apart
from notifier.config import SMTP_CONNECTIONS

OWNERS = tuple(Process(s, ("api", "consume")) for s in ("invoice-service", "dunning-engine", "feedback-service"))
SENDER = Process("notifier", ("consume", "relay", "send"))
SENDERS = (SENDER, Process("notifier", ("send",)))
"""Two processes share the mails, as replicas do anywhere."""
CONNECTIONS = SMTP_CONNECTIONS * len(SENDERS)
SINK = "sink"
TEXT_LINES, HTML_LINES, PICTURE_BYTES = 65, 145, 558
"""Of a reminder of one item as the notifier writes it."""
MAY_DIFFER = 0.05
"""So far may a reminder be from a mail written before, in bytes and lines: else the floor were another's."""


def remind(ground: Ground, count: int) -> Bench:
    """The benchmark over so many commands, beside as many mails that were written before."""
    costs = Costs()
    tenant = ground.new_tenant("remind")

    @cache
    def ask() -> None:
        ask_for_reminders(ground, tenant, count)

    def kulant(_: int) -> float:
        ask()
        begin_again(ground, *ROLES, but=(SENDER.service, topics.REMINDER))
        return _kulant(ground, tenant, count, costs)

    return Bench(
        "remind",
        "mails/s",
        count,
        kulant,
        lambda _: _floor(ground, count, costs),
        costs,
    )


def _kulant(ground: Ground, tenant: str, count: int, costs: Costs) -> float:
    port = _open_sink(ground)
    start(ground, OWNERS)
    wait_for(lambda: all(ground.is_ready(process.service) for process in OWNERS))
    rate: list[float] = []

    async def passing() -> None:
        reader = Reader(ground.kafka, topics.DELIVERY)
        await reader.start()
        senders = [sender.program(ground, KULANT_NOTIFIER_SMTP_PORT=str(port)) for sender in SENDERS]
        begun = min(await asyncio.to_thread(ground.run, *senders))
        meter = Meter(ground.servers.supervisor).begin()
        await reader.until(count)
        costs.note("kulant", meter.spent())
        marks = (f'"{DeliverySentV1.TYPE}"'.encode(), f'"tenantid":"{tenant}"'.encode())
        others: list[bytes] = []

        def is_sent(value: bytes) -> bool:
            is_one = all(mark in value for mark in marks)
            if not is_one:
                others.append(value)
            return is_one

        found, last_at = await reader.read_until_still(is_sent)
        await reader.stop()
        if found != count or last_at is None:
            others_told = b"; ".join(others[:3]).decode()
            raise RuntimeError(f"{found} mails were sent where {count} should have been; besides {others_told or None}")
        rate.append(count / (last_at - begun).total_seconds())

    run_apart(passing())
    stop(ground, (*SENDERS, *OWNERS))
    _close_sink(ground, count)
    return rate[0]


def _floor(ground: Ground, count: int, costs: Costs) -> float:
    """Mails a second over as many connections, with nothing to be done but to send them."""
    port = _open_sink(ground)
    mails = _written_before(count)
    taken: list[float] = []

    async def send() -> None:
        async with AsyncExitStack() as connections:
            clients = [SMTP(hostname=LOOPBACK, port=port, start_tls=False) for _ in range(CONNECTIONS)]
            for client in clients:
                await connections.enter_async_context(client)
            left = iter(mails)
            meter, own = Meter(ground.servers.supervisor).begin(), time.process_time()
            began = time.perf_counter()
            await asyncio.gather(*(_send(client, left) for client in clients))
            taken.append(time.perf_counter() - began)
            costs.note("floor", {**meter.spent(), "client": time.process_time() - own})

    run_apart(send())
    _close_sink(ground, count)
    return count / taken[0]


async def _send(client: SMTP, left: Iterator[tuple[str, bytes]]) -> None:
    for address, content in left:
        await client.mail("reminders@kulant.example")
        await client.rcpt(address)
        await client.data(content)


def _written_before(count: int) -> list[tuple[str, bytes]]:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "reminders@kulant.example", "to@example.org", "<id@kulant.example>"
    mail["Subject"] = "A reminder that was written before"
    mail.set_content("Words of a reminder, hey.\n" * TEXT_LINES)
    mail.add_alternative(f'<p style="{"margin:0 0 12px;" * 3}">Words of a reminder.</p>\n' * HTML_LINES, subtype="html")
    mail.add_attachment(
        b"\x89PNG\r\n\x1a\n" + os.urandom(PICTURE_BYTES), maintype="image", subtype="png", filename="qr.png"
    )
    written = mail.as_bytes().replace(b"\n", b"\r\n")
    addresses = [f"c{number}@example.org" for number in range(count)]
    return [
        (one, written.replace(b"to@example.org", one.encode()).replace(b"<id@", f"<{number}@".encode()))
        for number, one in enumerate(addresses)
    ]


def _open_sink(ground: Ground) -> int:
    (port,) = free_ports(1)
    ground.run(ground.own_program(SINK, "bench.sink", str(port)))
    return port


def _close_sink(ground: Ground, count: int) -> None:
    ground.stop(SINK)
    got = json.loads(ground.servers.supervisor.log_file(SINK).read_text().splitlines()[-1])
    if not got["accepted"] == got["complete"] == got["distinct"] == count:
        raise RuntimeError(f"the server took {got} where {count} different mails should have come")
    ((_, before),) = _written_before(1)
    for what, expected in (("bytes", len(before)), ("lines", before.count(b"\n"))):
        if abs(got[what] / count / expected - 1) > MAY_DIFFER:
            raise RuntimeError(f"a mail has {got[what] // count} {what}, one of the floor {expected}")
