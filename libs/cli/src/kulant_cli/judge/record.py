"""Checks of what lies on the topics: every sequence whole, every balance right, every answer taken down."""

from collections.abc import Iterator

from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.story import Story
from kulant_contracts.envelope import decode, decode_structured
from kulant_contracts.invoice import InvoiceRegisteredV1, ItemEventData, ItemState
from kulant_contracts.money import Money
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import EVENTS

PARKED_REASON = "kulant-parked-reason"
_ABOUT_MONEY_OWED = frozenset({"payment_claimed", "promise_made", "disputed"})


def everything_can_be_read(story: Story) -> Iterator[Violation]:
    """Kulant publishes nothing that its own contracts cannot read."""
    for unread in story.unread:
        yield Violation("unreadable", f"a record of {unread.key} on {unread.topic}: {unread.reason}")


def sequences_are_whole(story: Story) -> Iterator[Violation]:
    """Sequences are contiguous from 1 per source, topic and key, and no number is given twice."""
    given: dict[tuple[str, str, str], list[int]] = {}
    for event in story.events:
        envelope = event.envelope
        series = (envelope.source, event.data.TOPIC, envelope.partitionkey)
        given.setdefault(series, []).append(envelope.sequence or 0)
    for (source, topic, key), numbers in given.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            wrong = sorted(set(range(1, max(numbers) + 1)).symmetric_difference(numbers))
            told = f"missing or not from 1: {wrong[:5]}" if wrong else "a number given twice"
            yield Violation("sequence", f"{source} on {topic} about {key}: {told}")


def balances_are_the_ledgers(story: Story) -> Iterator[Violation]:
    """At the end Kulant's newest word on each item is what the acknowledged facts add up to."""
    newest: dict[tuple[str, str], ItemState] = {}
    for state in _states(story):
        key = (state.invoice_id, state.item_id)
        if key not in newest or state.version > newest[key].version:
            newest[key] = state
    for key, item in story.books.items.items():
        expected, known = story.books.open_minor(item), newest.get(key)
        if known is None:
            yield Violation("balance", f"{item.number} of {item.customer_id} was never registered")
        elif known.open.amount_minor != expected:
            owed = Money.from_minor(expected, known.open.currency)
            yield Violation(
                "balance",
                f"{item.number} of {item.customer_id}: Kulant says {known.open.amount} {known.open.currency} are open,"
                f" the ledger {owed.amount}",
            )


def _states(story: Story) -> Iterator[ItemState]:
    for event in story.events:
        if isinstance(event.data, ItemEventData):
            yield event.data
        elif isinstance(event.data, InvoiceRegisteredV1):
            yield from event.data.items


def answers_can_be_given(story: Story) -> Iterator[Violation]:
    """A page takes what its customer wants to say; what is about money owed, as long as some of it is open."""
    for unsaid in story.evidence.unsaid:
        keys = [key for key in story.books.items if key[0] in unsaid.invoice_ids]
        is_open = any(0 not in story.books.possible_open(key, unsaid.opened_at, unsaid.tried_until) for key in keys)
        if is_open or unsaid.kind not in _ABOUT_MONEY_OWED:
            yield Violation("no_way_to_answer", f"{unsaid.kind} could not be said on the page of {unsaid.message_id}")


def answers_are_taken_down(story: Story) -> Iterator[Violation]:
    """Every answer that the page acknowledged is on the topic."""
    for heard in (heard for of_one in story.answered.values() for heard in of_one):
        answer = heard.answer
        if answer.acked_at is None:
            yield Violation("answer_refused", f"{answer.kind} on the page of {answer.message_id}: {answer.status}")
        elif not heard.responses:
            yield Violation("answer_lost", f"{answer.kind} on the page of {answer.message_id} is on no topic")


def no_sound_fact_is_parked(story: Story) -> Iterator[Violation]:
    """What the contracts can read is never set aside."""
    for record in story.parked:
        try:
            event = decode(record.value, record.headers, EVENTS)
        except (Undecodable, UnknownType):
            continue
        yield Violation("sound_fact_parked", f"{event.data.TYPE} of {record.key} lies on {record.topic}")


def unreadable_facts_are_kept(story: Story) -> Iterator[Violation]:
    """What the broker took of the ERP and the contracts cannot read lies in the dead letters as it came, with a reason.

    A type that nobody knows yet is skipped, not set aside.
    """
    kept = {record.value for record in story.parked if any(name == PARKED_REASON for name, _ in record.headers)}
    for fact in story.evidence.facts:
        if fact.acked_at is None or fact.value in kept:
            continue
        try:
            decode_structured(fact.value, EVENTS)
        except UnknownType:
            continue
        except Undecodable as problem:
            yield Violation(
                "unreadable_fact_lost", f"a fact about {problem.key} is in no dead letter: {problem.reason}"
            )
