"""May a reminder leave, as far as this service knows? Only if its decision knew every answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback_service.domain.party import Customer

CALM = frozenset({"service", "promise_note"})
"""Kinds that demand nothing: only refusal, representation or erasure stops them (contract.md, section 6)."""
REFUSED, WRONG_PERSON, CORRECTED, PREFERRED, REPRESENTED = (
    "contact_refused",
    "wrong_person",
    "contact_corrected",
    "channel_preferred",
    "represented",
)


class Standing(StrEnum):
    """The answer to the notifier's question."""

    CLEAR = "clear"
    STALE = "stale"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Question:
    """A reminder about to leave, and the last response that its decision had seen (0: none)."""

    reminder_id: str
    customer_id: str
    seen: int
    kind: str = "reminder"


@dataclass(frozen=True, slots=True)
class ContactWord:
    """Something that the customer said about being written to; without a contact id it is about all of a channel."""

    intent: str
    said_at: datetime
    sequence: int
    channel: str | None = None
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded about one customer: sequences given, of these the last that binds (not `rated`), words."""

    given: int = 0
    binding: int = 0
    words: tuple[ContactWord, ...] = ()
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer about one reminder, with the last sequence given for its customer."""

    reminder_id: str
    standing: Standing
    reason: str | None
    sequence: int


def clear(question: Question, known: Known, channels: Sequence[str] | None = None) -> Clearance:
    """Answer for one reminder over these channels (None: not known here, then any refusal stops what is calm).

    A demand must know every answer. What demands nothing is stopped by a reason alone, and must know every refusal:
    the notifier chooses the contact by those that it has read. A `seen` beyond what is recorded means that answers
    were lost here: wait.
    """
    standing, reason = _answer(question, known, channels)
    return Clearance(question.reminder_id, standing, reason, known.given)


def _answer(question: Question, known: Known, channels: Sequence[str] | None) -> tuple[Standing, str | None]:
    if known.customer and known.customer.erased_on:
        return Standing.STOP, "erased"
    if question.seen > known.given:
        return Standing.STALE, "seen_not_recorded"
    if question.kind in CALM:
        if reason := _stopped(known, channels):
            return Standing.STOP, reason
        is_new = any(_refuses(word, channels) and word.sequence > question.seen for word in known.words)
        return (Standing.STALE, "refusal_recorded") if is_new else (Standing.CLEAR, None)
    if question.seen < known.binding:
        return Standing.STALE, "response_recorded"
    return Standing.CLEAR, None


def _refuses(word: ContactWord, channels: Sequence[str] | None) -> bool:
    """Does it close one of these channels, or one contact of theirs?"""
    is_meant = channels is None or word.channel is None or word.channel in channels
    return word.intent in {REFUSED, WRONG_PERSON} and is_meant


def _stopped(known: Known, channels: Sequence[str] | None) -> str | None:
    if any(word.intent == REPRESENTED for word in known.words):
        return "represented"
    refused = refused_channels(known.words, known.customer)
    wanted = refused if channels is None else set(channels)
    return "contact_refused" if wanted and wanted <= refused else None


def refused_channels(words: Iterable[ContactWord], customer: Customer | None) -> set[str]:
    """Channels that the customer refused as a whole and has not agreed to since: by an answer, or in the ERP."""
    refused: dict[str, datetime] = {}
    for word in sorted(words, key=lambda word: word.sequence):
        if word.channel is None:
            continue
        if word.intent == REFUSED and word.contact_id is None:
            refused[word.channel] = word.said_at
        elif word.intent in {CORRECTED, PREFERRED}:
            refused.pop(word.channel, None)
    return {
        channel for channel, since in refused.items() if customer is None or not customer.agreed_after(channel, since)
    }
