"""What must hold for every message that leaves and every decision, told apart from how the engine decides.

Each function names one invariant; it raises AssertionError with the invariant's name.
"""

from dataclasses import replace
from datetime import timedelta

from engine_world import CUSTOMER, DAYS, EXEMPT, WAITS_FOR_SOMEBODY, Sent, World

from dunning_engine.domain.decision import Decision

PAUSE = 3
HEARD_AFTER = timedelta(hours=72)
ORDERED = (
    "items",
    "promises",
    "claims",
    "disputes",
    "questions",
    "holds",
    "reminders",
    "deliveries",
    "credits",
    "cases",
)


def check_message(world: World, sent: Sent) -> None:
    """Everything that must hold for a message as it leaves."""
    said_once(world, sent)
    nothing_resting_is_asked_for(world, sent)
    next_stage_and_heard(world, sent)
    within_budget(world, sent)
    in_the_window(world, sent)


def check_decision(world: World, decision: Decision) -> None:
    """Everything that must hold for a decision as it is made."""
    one_next_look(world, decision)
    same_for_every_order(world, decision)


def generation(world: World, key) -> object:
    """A payment that came back begins a new life of an item."""
    returned = world.item(key).returned
    return returned.payment_id if returned else None


def heard(world: World, key) -> list[Sent]:
    """The ladder's messages about an item in its present life that left and did not come back, in order."""
    returned = world.item(key).returned
    return [
        one
        for one in world.sent
        if not one.came_back
        and one.request.kind == "reminder"
        and key in one.stages
        and (returned is None or one.at >= DAYS.start_of(returned.on))
    ]


def said_once(world: World, sent: Sent) -> None:
    """Never two messages for one stage and item."""
    for asked in sent.request.items:
        for one in world.sent:
            if one.came_back or asked.item.key not in one.stages or one.request.code != sent.request.code:
                continue
            assert not _is_same(world, sent, one, asked), "said once: two messages for one stage and item"


def _is_same(world: World, sent: Sent, one: Sent, asked) -> bool:
    match sent.request.kind:
        case "reminder":
            return one in heard(world, asked.item.key) and one.stages[asked.item.key] == asked.stage
        case "notice":
            before = next(a for a in one.request.items if a.item.key == asked.item.key)
            return before.item.due_on == asked.item.due_on
        case _ if sent.request.about is not None:
            return one.request.about is not None and one.request.about.response_id == sent.request.about.response_id
        case _:
            return one.request.returned == sent.request.returned


def nothing_resting_is_asked_for(world: World, sent: Sent) -> None:
    """Never a message for an amount that is settled, disputed, promised or held."""
    if sent.request.kind in EXEMPT:
        return
    owed = {asked.item.key: world.item(asked.item.key).open_minor for asked in sent.request.items}
    assert all(owed.values()), "resting: a settled item"
    resting = dict.fromkeys(owed, 0)
    for key, amount in resting_parts(world):
        if key in owed:
            assert amount is not None, "resting: an item that rests as a whole"
            resting[key] += amount
    credit = sum(c.amount_minor for c in world.facts.credits if (c.creditor_id, c.currency) == sent.request.case)
    asked = sum(max(0, owed[key] - resting[key]) for key in owed) - credit
    assert sent.request.total_minor <= asked, f"resting: {sent.request.total_minor} asked for, {asked} may be"
    assert sent.request.total_minor > 0, "resting: nothing is left to ask for"


def resting_parts(world: World):
    """By item what surely rests, by the world's own account; None: all of it."""
    facts, today = world.facts, world.today
    known_until = facts.creditors["main"].payments_known_until
    for hold in facts.holds:
        if hold.is_set and (hold.until_on is None or today <= hold.until_on):
            yield from ((key, hold.amount_minor) for key in _named(world, hold.scope_id))
    for promise in facts.promises:
        over_at = DAYS.start_of(promise.on + timedelta(days=4))
        if promise.ended is None and (world.now < over_at or (known_until is not None and known_until < over_at)):
            yield from _still_to_come(world, promise)
    for claim in facts.claims:
        said_on = DAYS.day_of(claim.said_at)
        is_unknown = known_until is None or known_until < DAYS.start_of(said_on + timedelta(days=4))
        if today <= said_on + timedelta(days=7) and is_unknown:
            yield from _still_to_come(world, claim)
    for dispute in facts.disputes:
        yield from _contested(world, dispute)
    for question in facts.questions:
        is_recent = question.kind != "question" or today <= DAYS.day_of(question.said_at) + timedelta(days=5)
        if question.answered_at is None and is_recent:
            yield from ((key, None) for key in _named(world, question.about.invoice_id))


def _named(world: World, invoice_id: str | None) -> list:
    return [item.key for item in world.facts.items if invoice_id in (None, item.invoice_id)]


def _still_to_come(world: World, word):
    for key in _named(world, word.about.invoice_id):
        item = world.item(key)
        if item.returned is not None and word.said_at < DAYS.start_of(item.returned.on):
            continue
        paid = max(0, (word.stood or {}).get(key, item.open_minor) - item.open_minor)
        yield key, None if word.amount_minor is None else max(0, word.amount_minor - paid)


def _contested(world: World, dispute):
    decision = dispute.decision
    for key in _named(world, dispute.about.invoice_id):
        if decision is None:
            yield key, dispute.amount_minor
        elif decision.outcome == "accepted":
            corrected = world.item(key).corrected_minor - (dispute.stood or {}).get(key, 0)
            yield key, None if dispute.amount_minor is None else max(0, dispute.amount_minor - corrected)


def next_stage_and_heard(world: World, sent: Sent) -> None:
    """Never a stage skipped, early, or used without delivery."""
    if sent.request.kind != "reminder":
        return
    for asked in sent.request.items:
        before = heard(world, asked.item.key)
        item = world.item(asked.item.key)
        highest = max((one.stages[item.key] for one in before), default=0)
        assert asked.stage == highest + 1, f"stages: {asked.stage} after {highest}"
        last = [one for one in before if one.stages[item.key] == highest]
        assert item.due_on is not None, "stages: an item without a due date"
        begins = max(item.due_on, item.returned.on) if item.returned else item.due_on
        offset = {1: 5, 2: 14, 3: 28, 4: 42}[asked.stage]
        assert sent.day >= begins + timedelta(days=offset), "stages: too early after the due date"
        for one in last:
            assert sent.at >= one.at + HEARD_AFTER, "stages: the one before does not count as delivered"
            pause_ends_on = DAYS.working_days_after(one.request.deadline_on, PAUSE)
            assert sent.day >= pause_ends_on, "stages: too early after the deadline"


def within_budget(world: World, sent: Sent) -> None:
    """Never over budget: one a day, three in seven days."""
    if sent.request.kind in EXEMPT:
        return
    days = [one.day for one in world.sent if one.request.kind not in EXEMPT]
    assert sent.day not in days, "budget: two messages on one day"
    assert sum(sent.day - timedelta(days=7) < day for day in days) < 3, "budget: four messages in seven days"


def in_the_window(world: World, sent: Sent) -> None:
    """Only while the window of the customer's day is open; the new date is a working day."""
    assert DAYS.opening_at(sent.at) is not None, "window: outside of it"
    if sent.request.kind == "reminder":
        assert DAYS.is_working_day(sent.request.deadline_on), "window: a deadline on a day off"
        assert sent.request.deadline_on >= sent.day + timedelta(days=7), "window: a deadline too near"


def one_next_look(world: World, decision: Decision) -> None:
    """Always one next look, or nothing left to do but for somebody else."""
    if decision.next_look_at is None:
        left = {reason.rule for reason in decision.reasons} - WAITS_FOR_SOMEBODY
        assert not left, f"looks: none, although {left}"
    else:
        assert decision.next_look_at > world.now, "looks: in the past"


def same_for_every_order(world: World, decision: Decision) -> None:
    """The same facts in another order give the same decision; every third time, for it costs twice."""
    if world.random.randrange(3):
        return
    mixed = {name: tuple(world.random.sample(v, len(v))) for name in ORDERED for v in (getattr(world.facts, name),)}
    again = world.decide(CUSTOMER, (world.policy,), replace(world.facts, **mixed), world.now)
    assert again == decision, "order: another decision for the same facts"
