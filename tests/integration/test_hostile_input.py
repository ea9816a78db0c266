"""Hostile messages on every topic of a running system, with healthy customers in between.

A short form here; `make hostile MESSAGES=100000` for the long one, which also prints what became of them.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from random import Random

import httpx2
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from kulant_cli.dead_letters import Desk
from kulant_cli.fleet import is_ready
from kulant_cli.stack import Stack
from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE, CONTENT_TYPE_HEADER, Envelope, Event, EventData, decode, encode
from kulant_contracts.invoice import HoldChangedV1, ItemSettledV1
from kulant_contracts.registry import EVENTS
from kulant_devstack.errors import StackFailed
from tests.integration.erp_words import issued, paid
from tests.integration.hostile_accounts import (
    READERS,
    SERVICES,
    Account,
    counters,
    ends_of,
    letters_of,
    read_whole,
    settled,
)
from tests.integration.hostile_kinds import compressible, hostile
from tests.integration.hostility import ABSURD_ERP, NEIGHBOURS, SPOILT, TENANTS, TOPICS, Message, Sender
from tests.integration.story import BEFORE_REMINDER, DUE_ON, REMINDED_AT, Story, until
from tests.passing_system import passing_system

MESSAGES = int(os.environ.get("KULANT_HOSTILE_MESSAGES", "1000"))
SEED = int(os.environ.get("KULANT_HOSTILE_SEED", "7"))
IS_LONG = "KULANT_HOSTILE_MESSAGES" in os.environ
AT_ONCE = 300
PAYING, OWING, VICTIMS = range(1, 7), range(7, 13), range(13, 17)
REPLAYED = 40 if IS_LONG else 8
SPOILT_PAYMENTS = ((b'"119.00"', b'"119,00"'), (b'"EUR"', b'"EURO"'), (b'"p', b'"\\u0000p'), (b'"data"', b'"date"'))


@pytest.fixture(scope="module")
def system() -> Iterator[Stack]:
    """A system of its own: what is thrown at it would lie in the way of the stories."""
    quiet = {"KULANT_LOG_LEVEL": "CRITICAL"} if IS_LONG else None
    with passing_system("kulant-hostile-", environment=quiet) as stack:
        yield stack


@pytest.fixture
async def story(system: Stack) -> AsyncIterator[Story]:
    """The neighbours."""
    async with Story(system, NEIGHBOURS) as told:
        yield told


@pytest.fixture
async def producer(system: Stack) -> AsyncIterator[AIOKafkaProducer]:
    """A sender who can compress, and whom nothing keeps from sending what is too large."""
    producer = AIOKafkaProducer(
        bootstrap_servers=system.info.kafka, acks="all", linger_ms=5, compression_type="gzip", max_request_size=2**24
    )
    await producer.start()
    yield producer
    await producer.stop()


async def send(producer: AIOKafkaProducer, account: Account, messages: Sequence[Message]) -> None:
    """Publish messages and note where each lies."""
    told = [
        await producer.send(one.topic, one.value, key=one.key, headers=list(one.headers), partition=number % 12)
        for number, one in enumerate(messages)
    ]
    for message, record in zip(messages, await asyncio.gather(*told), strict=True):
        account.placed[f"{record.topic}/{record.partition}/{record.offset}"] = message


async def debts(story: Story) -> None:
    """Everybody owes 119.00 euros; tomorrow morning the friendly reminder is due."""
    for number in (*PAYING, *OWING, *VICTIMS):
        await story.say(story.customer(number), issued(f"i{number}", DUE_ON, customer_id=f"C{number}"))
    await story.settle()
    await story.day(BEFORE_REMINDER)


def payment(story: Story, number: int) -> bytes:
    """All that this customer owes, as the ERP says it."""
    data = paid(f"p{number}", f"i{number}", DUE_ON, 11_900, customer_id=f"C{number}")
    head = Envelope(id=f"pay-{number}", source="/erp", type=data.TYPE, time=story.now_at, tenantid=NEIGHBOURS)
    return encode(head, data)


async def throw(story: Story, producer: AIOKafkaProducer, account: Account) -> dict[str, int]:
    """Hostile messages, payments of healthy customers in between, and some payments that their ERP spoilt.

    Returns the victims by the places of their payments.
    """
    sender = Sender(Random(SEED))
    for topic in TOPICS:
        await send(producer, account, compressible(sender, topic))
    places = {}
    between = [*PAYING, *VICTIMS]
    for begun in range(0, MESSAGES, AT_ONCE):
        most = min(AT_ONCE, MESSAGES - begun)
        await send(producer, account, [hostile(sender, TOPICS[number % len(TOPICS)]) for number in range(most)])
        last = begun + most >= MESSAGES
        for number in between if last else between[:2]:
            value = payment(story, number)
            if number in VICTIMS:
                value = value.replace(*SPOILT_PAYMENTS[number % len(SPOILT_PAYMENTS)])
            key = f"{NEIGHBOURS}/C{number}".encode()
            told = await producer.send_and_wait(topics.ERP, value, key=key, headers=[CONTENT_TYPE_HEADER])
            if number in VICTIMS:
                places[f"{told.topic}/{told.partition}/{told.offset}"] = number
        del between[:2]
    return places


async def check_accounts(story: Story, account: Account, victims: dict[str, int]) -> None:
    """Each message is accounted for once by each reader: in its dead letters, or in its counters of what it took."""
    info = story.system.info
    told = await counters(info.services)
    ends = await ends_of(info.kafka, READERS)
    for service in SERVICES:
        letters = letters_of(info.services[service], info.token().strip(), TENANTS)
        strangers = {place: letters.pop(place)["key"] for place in victims if place in letters}
        assert len(strangers) == (len(victims) if service == "invoice-service" else 0)
        account.compare(service, letters)
        records = await read_whole(info.kafka, [topics.dead_letter(service)])
        kept = [dict(one.headers)["kulant-parked-from"].decode() for one in records]
        assert sorted(kept) == sorted({*letters, *strangers})
        for place, record in zip(kept, records, strict=True):
            if place in account.placed and len(record.value or b"") < 1_000_000:
                assert (record.key, record.value) == (account.placed[place].key, account.placed[place].value)
        for topic in (one for one, readers in READERS.items() if service in readers):
            assert told[service, topic] == ends[topic], (service, topic)
    assert account.violations == []


async def check_neighbours(story: Story) -> None:
    """Who owes hears of it once; who paid does not, nor does anybody of whom nobody knows whether he paid."""
    await story.move(REMINDED_AT)
    await until(lambda: len(story.letters()) >= len(OWING))
    await settled(story.system.info, NEIGHBOURS)
    for number in (*PAYING, *OWING, *VICTIMS):
        letters = story.letters(number)
        assert len(letters) == (1 if number in OWING else 0), number
        assert all("119.00" in letter.text for letter in letters)


async def told(story: Story, event_type: type[EventData]) -> list[Event]:
    """What invoice-service said about the neighbours themselves; what was thrown in between cannot all be read."""
    await story.listener.catch_up()
    names = {f"{NEIGHBOURS}/C{number}" for number in (*PAYING, *OWING, *VICTIMS)}
    records = [one for one in story.listener.records if one.topic == topics.INVOICE and one.key in names]
    events = [decode(one.value, one.headers, EVENTS) for one in records]
    return [event for event in events if isinstance(event.data, event_type)]


async def check_repair(story: Story, victims: dict[str, int]) -> None:
    """A payment that is repaired and replayed, twice, counts once and frees its customer."""
    info = story.system.info
    desk = Desk(info.services["invoice-service"], info.token().strip(), NEIGHBOURS)
    for place, number in victims.items():
        with pytest.raises(StackFailed, match="cannot be applied"):
            await asyncio.to_thread(desk.replay, place, None)
        for _ in range(2):
            replayed = await asyncio.to_thread(desk.replay, place, payment(story, number))
            assert replayed["state"] == "replayed"
    await settled(info, NEIGHBOURS)
    paid_up = [event.data.customer_id for event in await told(story, ItemSettledV1)]
    assert sorted(paid_up) == sorted(f"C{number}" for number in (*PAYING, *VICTIMS))
    held = [(one.data.customer_id, one.data.state) for one in await told(story, HoldChangedV1)]
    mine = {f"C{number}" for number in VICTIMS}
    assert sorted(one for one in held if one[0] in mine) == sorted((c, s) for c in mine for s in ("lifted", "set"))


async def check_replays(system: Stack, account: Account) -> int:
    """Of each service some dead letters are repaired and replayed twice; no other is touched. Returns how many."""
    info, count = system.info, 0
    for service in SERVICES:
        desk = Desk(info.services[service], info.token().strip(), SPOILT)
        open_ones = [one for one in desk.all("open") if (one["key"] or "").startswith(f"{SPOILT}/")]
        chosen = open_ones[:: max(1, len(open_ones) // REPLAYED)]
        for letter in chosen:
            sound = account.placed[letter["place"]].sound
            if sound is not None and json.loads(sound)["tenantid"] == SPOILT:
                first = await asyncio.to_thread(desk.replay, letter["place"], sound)
                assert first == await asyncio.to_thread(desk.replay, letter["place"], sound)
                count += 1
                open_ones.remove(letter)
        left = [one for one in desk.all("open") if (one["key"] or "").startswith(f"{SPOILT}/")]
        assert left == open_ones
    return count


async def check_doors(story: Story, producer: AIOKafkaProducer) -> None:
    """What the broker or the API can refuse never comes in, and nothing that is refused breaks them."""
    with pytest.raises(MessageSizeTooLargeError):
        await producer.send_and_wait(topics.ERP, os.urandom(1_200_000))
    info, sender = story.system.info, Sender(Random(SEED + 1))
    headers = {"Authorization": f"Bearer {info.token().strip()}", "Content-Type": CONTENT_TYPE}
    url = f"{info.services['invoice-service']}/v1/events"
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        for _ in range(MESSAGES // 14):
            message = hostile(sender, topics.ERP)
            if ("content-type", CONTENT_TYPE.encode()) not in message.headers or "key" in message.kind:
                continue
            tenant = SPOILT if message.parked_for and not message.may_be_taken else ABSURD_ERP
            answer = await client.post(url, content=message.value or b"", headers={**headers, "Kulant-Tenant": tenant})
            is_refused = message.parked_for is not None and "tenantid" not in message.parked_for.pattern
            assert answer.status_code in ((400, 413, 415, 422) if is_refused else (202, 422)) or (
                message.may_be_taken and answer.status_code == 202
            ), (message.kind, answer.text)
            if answer.is_error:
                assert answer.headers["content-type"] == "application/problem+json"


async def test_hostile_messages_are_parked_or_taken_and_harm_nobody(story, system, producer, capsys):
    account = Account()
    await debts(story)
    processes = {name: system.servers.supervisor.find(name) for name in system.processes}
    began = time.monotonic()

    victims = await throw(story, producer, account)
    sent = time.monotonic()
    await settled(system.info, NEIGHBOURS, seconds=60 + MESSAGES / 25)
    done = time.monotonic()

    await check_accounts(story, account, victims)
    await check_neighbours(story)
    await check_repair(story, victims)
    replayed = await check_replays(system, account)
    await check_doors(story, producer)
    assert all(map(is_ready, system.info.services.values()))
    assert processes == {name: system.servers.supervisor.find(name) for name in system.processes}
    await story.stop(*system.processes)
    await story.start(*system.processes)  # with all that on their own topics
    if IS_LONG:
        with capsys.disabled():
            count, seconds = len(account.placed), done - began
            sys.stdout.write(
                f"\n{count} messages, seed {SEED}, sent in {sent - began:.0f} s and read in {seconds:.0f} s:"
                f" {count / seconds:.0f} a second; {replayed} repaired and replayed\n{account.table()}\n"
            )
