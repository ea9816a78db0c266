"""Keeps customers as the ERP tells them, and what they themselves say about being reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.domain.own_words import OwnWords, Word, heard
from notifier.domain.party import Customer
from notifier.usecases.ports import Work


@dataclass(frozen=True, slots=True)
class ToldCustomer:
    """A customer as one version of the ERP has it; `told_at` is when that became true."""

    key: str
    customer: Customer
    version: int
    told_at: datetime


async def record_customers(work: Work, told: Sequence[ToldCustomer]) -> None:
    """Keep them where the version is higher; of an erased one nothing personal stays."""
    if not told:
        return
    newest = {one.key: one for one in sorted(told, key=lambda one: one.version)}
    known = await work.parties.customers(newest.keys())
    await work.parties.save_customers(
        [(key, one.customer.after(known.get(key), one.told_at), one.version) for key, one in newest.items()]
    )
    gone = {one.key for one in told if one.customer.is_erased}
    if gone:
        await work.parties.save_words(dict.fromkeys(gone, OwnWords()))


async def record_words(work: Work, said: Sequence[tuple[str, Word]]) -> None:
    """Keep what locked customers said, on top of what they said before; not of those who were erased."""
    if not said:
        return
    keys = {key for key, _ in said}
    gone = {key for key, customer in (await work.parties.customers(keys)).items() if customer.is_erased}
    words = dict(await work.parties.words(keys - gone))
    for key, word in said:
        if key not in gone:
            words[key] = heard(words.get(key, OwnWords()), word)
    await work.parties.save_words(words)
