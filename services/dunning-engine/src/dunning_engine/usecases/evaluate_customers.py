"""Every cause ends here: look at customers, decide about each, save, put on record, give out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import FEEDBACK_SERVICE, INVOICE_SERVICE, NOTIFIER, Facts, Item
from dunning_engine.domain.place import places_of
from dunning_engine.usecases.ports import Decided, Engine, Known, News, Occasion
from kulant_chassis.failures import TenantUnknown
from kulant_chassis.ids import uuid7
from kulant_chassis.keyrow import KeyRow
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics

NO_NEWS = News()
_TOPICS = {INVOICE_SERVICE: topics.INVOICE, FEEDBACK_SERVICE: topics.RESPONSE, NOTIFIER: topics.DELIVERY}


async def evaluate_customers(
    transaction: Transaction, engine: Engine, occasions: Sequence[Occasion], news: News = NO_NEWS
) -> None:
    """Decide about customers whose rows are locked.

    Deciding again on the same facts changes nothing and gives nothing out. Settled items are not looked at any more,
    but for those that are news.
    """
    if not occasions:
        return
    # Clocks are read before facts: what changes for the whole tenant in between leaves the customer behind it.
    moments = {tenant: await _now(transaction, tenant) for tenant in {one.tenant for one in occasions}}
    known = await engine.store.load(transaction, [occasion.key for occasion in occasions])
    decided = []
    for occasion in occasions:
        now = moments[occasion.tenant]
        row, touched = transaction.key(occasion.key), news.items.get(occasion.key, ())
        facts = _facts(row, engine, known[occasion.key], touched, now)
        one = _decide(engine, occasion, known[occasion.key], facts, now)
        transaction.look_at(occasion.key, one.decision.next_look_at)
        decided.append(one)
    await engine.store.save(transaction, decided)
    for one in decided:
        _announce(transaction, engine, one)


def _decide(engine: Engine, occasion: Occasion, known: Known, facts: Facts, now: datetime) -> Decided:
    decision = evaluate(known.customer, engine.policies, facts, now)
    open_cases = {(case.creditor_id, case.currency): case.case_id for case in facts.cases}
    return Decided(
        occasion=occasion,
        known=known,
        facts=facts,
        now=now,
        decision=decision,
        case_ids=open_cases | {key: uuid7() for key in decision.opened},
        reminder_ids=tuple(uuid7() for _ in decision.requests),
    )


def _facts(row: KeyRow, engine: Engine, known: Known, touched: Sequence[Item], now: datetime) -> Facts:
    settled = tuple(item for item in touched if not item.is_owed)
    years = (now.year - 1, now.year, now.year + 1)
    return replace(
        known.facts,
        items=known.facts.items + settled,
        had={service: row.had(f"/kulant/{service}", topic) for service, topic in _TOPICS.items()},
        is_complete=known.facts.is_complete and row.is_complete,
        holidays={place: engine.holidays.days(place, years) for place in places_of(known.customer, known.facts)},
    )


async def _now(transaction: Transaction, tenant: str) -> datetime:
    """The tenant's time; for one that is not known yet the wall clock's, and nothing will be decided on it."""
    try:
        return await transaction.now(tenant)
    except TenantUnknown:
        return transaction.started_at


def _announce(transaction: Transaction, engine: Engine, decided: Decided) -> None:
    _call_where_refused(engine, decided)
    if decided.decision.outcome == "nothing":
        return
    if not decided.occasion.is_clock:
        engine.announcer.announce(transaction, decided, decided.occasion.cause)
        return
    with engine.tracing.by_clock(decided) as cause:
        engine.announcer.announce(transaction, decided, cause)


def _call_where_refused(engine: Engine, decided: Decided) -> None:
    """Once for each reminder, when a fact leads to it: the clock only repeats what was decided."""
    if decided.occasion.is_clock:
        return
    reasons = [reason for reason in decided.decision.reasons if reason.rule == "refused_unexplained"]
    for reminder_id in dict.fromkeys(str(reason.facts["reminder_id"]) for reason in reasons):
        engine.tracing.call_a_person(decided, reminder_id)
