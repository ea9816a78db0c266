"""Records that are made to hold the reader up: each is parked or read, and the fact behind it has its effect."""

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.consumer import fetcher
from aiokafka.producer import message_accumulator
from aiokafka.producer import producer as producing
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from kulant_chassis.failures import EventTooLarge
from kulant_chassis.received import Poison
from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE_HEADER
from libs.chassis.tests.integration.conftest import closed, read_all, send, until
from libs.chassis.tests.integration.test_consumer import running

KEPT = 1_000_000


class NotText(str):  # noqa: SLOT000 -- it has no state
    """A header's name as a client writes it that does not care for UTF-8."""

    def encode(self, *_):
        return b"caf\xe9"


async def publish(producer, topic, value, headers=()):
    headers = [CONTENT_TYPE_HEADER, *headers]
    await producer.send_and_wait(topic, value, partition=0, key=b"acme/C1", headers=headers)


async def is_read(toy, count):
    return await toy.position() == count


async def letters(toy):
    return await read_all(toy.bootstrap, toy.prefix + topics.dead_letter("toy"))


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        pytest.param(b'{"a":' * 100_000, (), id="deeper than the standard library's JSON goes"),
        pytest.param(b"{", (("a\0b", b"\0"), ("", None)), id="a NUL in a header's name"),
    ],
)
async def test_what_cannot_be_read_is_parked_and_the_next_fact_has_its_effect(toy, producer, topic, value, headers):
    await publish(producer, topic, value, headers)
    await send(producer, topic, closed("C1", "k1", 1))

    async with running(toy.consumer()):
        await until(lambda: is_read(toy, 2))

    assert await toy.effects() == ["k1"]
    assert [letter.value for letter in await letters(toy)] == [value]
    assert [one.offset for one in toy.parked] == [0]


async def test_a_record_larger_than_a_dead_letter_may_be_is_parked_without_its_end(toy, topic):
    value = b'{"x": "' + b"x" * 5_000_000
    producer = AIOKafkaProducer(bootstrap_servers=toy.bootstrap, compression_type="gzip", max_request_size=2**23)
    await producer.start()
    await publish(producer, topic, value, [("large", b"y" * 200_000), ("small", b"z")])
    await producer.stop()

    async with running(toy.consumer()):
        await until(lambda: is_read(toy, 1))

    (letter,) = await letters(toy)
    assert letter.value == value[:KEPT]
    assert letter.key == b"acme/C1"
    assert dict(letter.headers)["kulant-parked-reason"] == b"value: json_invalid; too large to be kept whole"
    (parked,) = toy.parked
    assert (parked.key, len(parked.record.value)) == ("acme/C1", KEPT)


async def test_a_headers_name_that_is_no_text_keeps_nobody_from_reading(toy, topic, monkeypatch):
    monkeypatch.setattr(fetcher, "MemoryRecords", fetcher.MemoryRecords)  # put back behind the test
    for module in (message_accumulator, producing):
        monkeypatch.setattr(module, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
    producer = AIOKafkaProducer(bootstrap_servers=toy.bootstrap, compression_type="lz4")
    await producer.start()
    await publish(producer, topic, closed("C1", "k1", 1))
    await publish(producer, topic, closed("C1", "k2", 2), [(NotText("name"), b"x"), ("ok", None)])
    await publish(producer, topic, b"{", [(NotText("name"), b"x")])
    await publish(producer, topic, closed("C1", "k3", 3))
    await producer.stop()

    async with running(toy.consumer()):
        await until(lambda: is_read(toy, 4))

    assert await toy.effects() == ["k1", "k2", "k3"]
    (letter,) = await letters(toy)
    assert ("caf\ufffd", b"x") in letter.headers


async def test_facts_that_lead_to_too_much_are_parked_and_stop_nobody(toy, producer, topic):
    def misbehave(received):
        if received.event.data.case_id != "sound":
            raise EventTooLarge

    toy.misbehave = misbehave
    for number in range(1, 9):
        await send(producer, topic, closed("C1", f"k{number}", number))
    await send(producer, topic, closed("C1", "sound", 9))

    async with running(toy.consumer(parking_limit=3)) as consumer:
        await until(lambda: is_read(toy, 9))

    assert consumer.stopped_because is None
    assert await toy.effects() == ["sound"]
    assert {one.reason for one in toy.parked} == {"what it leads to is larger than an event may be"}


async def test_a_batch_of_refused_facts_is_done_again_once_and_not_once_for_each(toy, producer, topic):
    async def handle(transaction, batch):
        toy.batches.append(len(batch))
        Poison.raise_all([(one, "never") for one in batch if one.event.data.case_id != "sound"])

    for number in range(1, 51):
        await send(producer, topic, closed("C1", "sound" if number % 10 == 0 else "bad", number))
    toy.handle = handle

    async with running(toy.consumer(parking_limit=100)):
        await until(lambda: is_read(toy, 50))

    assert sum(toy.batches) <= 50 + 5
    assert len(await letters(toy)) == 45


async def test_a_batch_whose_end_fails_goes_on_from_there_and_parks_nothing_twice(toy, producer, topic):
    failing = True

    def misbehave(received):
        if received.event.data.case_id == "bad":
            raise ZeroDivisionError
        if failing and received.event.data.case_id == "k9":
            raise TimeoutError

    toy.misbehave = misbehave
    for number in range(1, 10):
        await send(
            producer, topic, b"{" if number == 2 else closed("C1", "bad" if number == 3 else f"k{number}", number)
        )

    async with running(toy.consumer(batch_records=9)):
        await until(lambda: _is_beyond(toy, 3))
        failing = False
        await until(lambda: is_read(toy, 9))

    assert len(await letters(toy)) == 2
    assert [batch for batch in toy.batches if batch == 8] == [8]


async def _is_beyond(toy, position):
    return await toy.position() > position
