"""Every cause ends here: look at customers, decide about each, save, put on record, give out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import Facts, Item
from dunning_engine.domain.place import places_of
from dunning_engine.usecases.ports import Decided, Engine, Heard, Known, News, Occasion, Work
from kulant_chassis.ids import uuid7

NO_NEWS = News()


async def evaluate_customers(
    work: Work, engine: Engine, occasions: Sequence[Occasion], news: News = NO_NEWS
) -> Sequence[Decided]:
    """Decide about customers whose rows are locked.

    Deciding again on the same facts changes nothing and gives nothing out. Settled items are not looked at any more,
    but for those that are news.
    """
    if not occasions:
        return []
    # Clocks are read before facts: what changes for the whole tenant in between leaves the customer behind it.
    moments = {tenant: await work.now(tenant) for tenant in {one.tenant for one in occasions}}
    known = await work.load([occasion.key for occasion in occasions], min(moments.values()))
    decided = []
    for occasion in occasions:
        now = moments[occasion.tenant]
        about, touched = known[occasion.key], news.items.get(occasion.key, ())
        facts = facts_at(engine, about, work.heard(occasion.key), now, touched)
        one = decide(engine, occasion, about, facts, now)
        work.look_at(occasion.key, one.decision.next_look_at)
        decided.append(one)
    await work.save(decided)
    for one in decided:
        _announce(work, engine, one)
    return decided


def facts_at(engine: Engine, known: Known, heard: Heard, now: datetime, touched: Sequence[Item] = ()) -> Facts:
    """All that a decision at this moment rests on."""
    years = (now.year - 1, now.year, now.year + 1)
    return replace(
        known.facts,
        items=known.facts.items + tuple(item for item in touched if not item.is_owed),
        had=heard.had,
        is_complete=known.facts.is_complete and heard.is_complete,
        holidays={place: engine.holidays.days(place, years) for place in places_of(known.customer, known.facts)},
    )


def decide(engine: Engine, occasion: Occasion, known: Known, facts: Facts, now: datetime) -> Decided:
    """The decision, with names for what it brings about."""
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


def _announce(work: Work, engine: Engine, decided: Decided) -> None:
    _call_where_refused(engine, decided)
    if decided.decision.outcome == "nothing":
        return
    if not decided.occasion.is_clock:
        work.announce(decided, decided.occasion.cause)
        return
    with engine.tracing.by_clock(decided) as cause:
        work.announce(decided, cause)


def _call_where_refused(engine: Engine, decided: Decided) -> None:
    """Once for each reminder, when a fact leads to it: the clock only repeats what was decided."""
    if decided.occasion.is_clock:
        return
    reasons = [reason for reason in decided.decision.reasons if reason.rule == "refused_unexplained"]
    for reminder_id in dict.fromkeys(str(reason.facts["reminder_id"]) for reason in reasons):
        engine.tracing.call_a_person(decided, reminder_id)
