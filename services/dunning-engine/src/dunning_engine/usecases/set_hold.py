"""A person says that something is not to be reminded of."""

from dunning_engine.domain.answers import Hold
from dunning_engine.domain.learned import HoldLearned
from dunning_engine.usecases.asked import HoldAsked, Refused, Whose, known_of, require_owed, today_of
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Work
from kulant_chassis.ids import uuid7

FIRST_VERSION = 1


async def set_hold(work: Work, engine: Engine, whose: Whose, asked: HoldAsked) -> Hold:
    """Set it and take back at once whatever it forbids.

    Raises NotThere, or Refused where it would rest nothing: nothing owed is named, or its last day is over.
    """
    known = await known_of(work, whose)
    invoice_id = asked.scope_id if asked.scope == "invoice" else asked.invoice_id
    item_id = asked.scope_id if asked.scope == "item" else None
    require_owed(known.facts.items, invoice_id, item_id, asked.money.currency if asked.money else None)
    if asked.until_on is not None and asked.until_on < today_of(known, await work.now(whose.tenant)):
        raise Refused("day-over", "The last day of a hold is today or later.")
    hold = Hold(
        hold_id=str(uuid7()),
        scope=asked.scope,
        scope_id=asked.scope_id,
        reason=asked.reason,
        until_on=asked.until_on,
        invoice_id=asked.invoice_id,
        amount_minor=asked.money.amount_minor if asked.money else None,
        currency=asked.money.currency if asked.money else None,
        set_at=await work.now(whose.tenant),
        source="api",
    )
    await work.take([HoldLearned(whose.key, hold, is_set=True, version=FIRST_VERSION)])
    if asked.note:
        await work.keep_note(whose.key, hold.hold_id, asked.note)
    await evaluate_customers(work, engine, [whose.occasion("hold_set", hold.hold_id)])
    return hold
