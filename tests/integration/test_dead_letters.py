"""What a service could not read is resolved with the command `kulant dead-letter`, and its customer goes on."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta

from kulant_cli.facts import invoice_issued
from kulant_contracts import topics
from kulant_contracts.envelope import Envelope, encode
from kulant_contracts.invoice import HoldChangedV1, ItemSettledV1
from tests.integration.story import REMINDED_AT, Story

SERVICE = "invoice-service"


async def kulant(story: Story, verb: str, *words: str) -> tuple[int, str, str]:
    """The command as an operator types it beside the running stack."""
    command = [sys.executable, "-m", "kulant_cli", "dead-letter", verb, SERVICE, "--tenant", story.tenant, *words]
    environment = {**os.environ, "KULANT_STATE": str(story.system.servers.state)}
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def sound_and_broken(story: Story, data) -> tuple[bytes, bytes]:
    """A fact as it should have been, and as a faulty ERP sends it: an amount that is none."""
    envelope = Envelope(id=f"x-{story.tenant}", source="/erp", type=data.TYPE, time=story.now_at, tenantid=story.tenant)
    sound = encode(envelope, data)
    return sound, sound.replace(b'"amount":"119.00"', b'"amount":"119,00 EUR"')


async def park(story: Story, broken: bytes) -> str:
    """Publish a fact that cannot be read; its place among the dead letters."""
    await story.erp._producer.send_and_wait(topics.ERP, broken, key=f"{story.tenant}/C1".encode())
    await story.wait_for(HoldChangedV1)
    code, printed, told = await kulant(story, "list", "--json")
    assert code == 0, told
    (letter,) = json.loads(printed)["items"]
    assert letter["key"] == f"{story.tenant}/C1"[: len(story.tenant) + 3] + "…"
    return str(letter["place"])


async def holds(story: Story) -> list[tuple[str, str]]:
    """Every hold that was told, by state and reason."""
    return [(event.data.state, event.data.reason) for event in await story.events(HoldChangedV1)]


async def test_a_payment_that_was_repaired_and_replayed_counts_once_and_frees_its_customer(story, tmp_path):
    invoice = await story.one_debt()
    sound, broken = sound_and_broken(story, story.payment(invoice))
    place = await park(story, broken)
    await story.day(REMINDED_AT)
    assert story.letters() == []
    code, printed, _ = await kulant(story, "show", place)
    assert (code, printed.strip().encode()) == (0, broken)

    unchanged = await kulant(story, "replay", place)
    repaired = tmp_path / "repaired.json"
    repaired.write_bytes(sound)
    first = await kulant(story, "replay", place, "--repaired", str(repaired))
    await story.settle()
    second = await kulant(story, "replay", place)
    await story.day(REMINDED_AT + timedelta(days=1))

    assert unchanged[0] == 1
    assert "cannot be applied" in unchanged[2]
    assert (first[0], first[1]) == (0, f"{place} is replayed (by {_operator(first)}).\n")
    assert second == first
    assert len(await story.events(ItemSettledV1)) == 1
    assert await holds(story) == [("set", "unread_fact"), ("lifted", "unread_fact")]
    assert story.letters() == []


async def test_after_a_discard_the_customer_goes_on(story):
    await story.one_debt()
    _, broken = sound_and_broken(story, invoice_issued(story.invoice("i2")))
    place = await park(story, broken)
    await story.day(REMINDED_AT)
    assert story.letters() == []

    code, printed, told = await kulant(story, "discard", place, "--reason", "sent by mistake")
    await story.settle()
    await story.day(REMINDED_AT + timedelta(days=1))

    assert code == 0, told
    assert "discarded" in printed
    assert await holds(story) == [("set", "unread_fact"), ("lifted", "unread_fact")]
    (letter,) = story.letters()
    assert "119.00" in letter.text
    assert (await kulant(story, "list"))[1] == "Nothing lies there.\n"


def _operator(told: tuple[int, str, str]) -> str:
    return told[1].rpartition("(by ")[2].removesuffix(").\n")
