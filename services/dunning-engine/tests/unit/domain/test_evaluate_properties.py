"""What holds for every decision, whatever the facts and the moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from engine_builders import BERLIN, CREDITOR, CUSTOMER, POLICY, TENANT, at, delivery, demands, item, reminder, uid
from engine_recorder import applied
from hypothesis import given, settings
from hypothesis import strategies as st

from dunning_engine.domain.answers import About, Case, Dispute, Hold, PaymentClaim, Promise, Question
from dunning_engine.domain.decision import Decision
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import Facts
from dunning_engine.domain.progress import Progress, history

HOLIDAYS = frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25)})
WAITS_FOR_SOMEBODY = {
    "settled",
    "no_due_date",
    "held",
    "ladder_done",
    "person_asked",
    "not_delivered",
    "refused_unexplained",
    "below_minimum",
    "disputed",
    "question_open",
    "nothing_owed",
    "creditor_unknown",
}

EXAMPLES = 20

days = st.dates(date(2026, 2, 20), date(2026, 6, 10))
moments = st.datetimes(datetime(2026, 3, 1), datetime(2026, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
mornings = days.map(lambda day: at(day, 10))


@st.composite
def items(draw):
    numbers = draw(st.lists(st.integers(1, 5), unique=True, max_size=5))
    owed = []
    for number in numbers:
        state = draw(st.sampled_from(["overdue", "overdue", "overdue", "open", "due", "settled", "cancelled", "later"]))
        owed.append(
            item(
                number,
                item_id=draw(st.sampled_from("ab")),
                creditor_id=draw(st.sampled_from(["main", "main", "other", "stranger"])),
                currency=draw(st.sampled_from(["EUR", "EUR", "USD"])),
                issued_on=draw(days),
                due_on=draw(days | st.none()) if state == "open" else draw(days),
                open_minor=0 if state == "settled" else draw(st.integers(0, 3)) * 100,
                state=state,
            )
        )
    return tuple(owed)


abouts = st.builds(
    About,
    item_id=st.sampled_from([None, "a", "b"]),
    currency=st.sampled_from([None, "EUR", "USD"]),
    reminder_id=st.sampled_from([None, uid(100), uid(102)]),
)


def ids(kind):
    """Of the customer's words each has an id of its own, of whatever kind it is."""
    return st.integers(1, 9).map(lambda number: f"{kind}-{number}")


promises = st.lists(
    st.builds(Promise, ids("promise"), mornings, days, abouts, st.none() | st.just(500)),
    max_size=2,
    unique_by=lambda p: p.response_id,
)
claims = st.lists(
    st.builds(PaymentClaim, ids("claim"), mornings, abouts), max_size=2, unique_by=lambda c: c.response_id
)
holds = st.lists(
    st.builds(
        Hold,
        st.sampled_from(["h-1", "h-2"]),
        st.sampled_from(["customer", "invoice", "item"]),
        st.sampled_from([None, "inv-1", "a"]),
        st.just("manual"),
        st.none() | days,
    ),
    max_size=2,
    unique_by=lambda h: h.hold_id,
)


disputes = st.lists(
    st.builds(Dispute, ids("dispute"), mornings, abouts, st.none() | st.just(100)),
    max_size=1,
    unique_by=lambda d: d.response_id,
)
questions = st.lists(
    st.builds(
        Question,
        ids("question"),
        st.sampled_from(["question", "plan", "hardship"]),
        mornings,
        abouts,
        st.none() | mornings,
    ),
    max_size=1,
    unique_by=lambda q: q.response_id,
)


@st.composite
def reminders(draw, owed):
    """Reminders as earlier decisions may have left them: of items of one case, at most one under way per case."""
    asked, said = [], []
    for number, one in enumerate(i for i in owed if i.due_on is not None and draw(st.booleans())):
        wrote = draw(mornings)
        asked.append(reminder(one, number=100 + number, requested_at=wrote, withdrawn_because=None))
        ends = draw(st.sampled_from([(), ("sent",), ("unknown",), ("failed",), ("sent", "bounced"), ("suppressed",)]))
        reason = draw(st.sampled_from(["expired", "stale"]))
        seen = draw(st.sampled_from([{}, {"invoice-service": 4}, {"feedback-service": 1}]))
        said += [delivery(kind, number=100 + number, at=wrote, reason=reason, seen=seen) for kind in ends]
    return tuple(asked), tuple(said)


@st.composite
def lives(draw):
    owed = draw(items())
    asked, said = draw(reminders(owed))
    return Facts(
        tenant=TENANT,
        creditors={"main": CREDITOR, "other": replace(CREDITOR, creditor_id="other")},
        items=owed,
        promises=tuple(draw(promises)),
        claims=tuple(draw(claims)),
        holds=tuple(draw(holds)),
        disputes=tuple(draw(disputes)),
        questions=tuple(draw(questions)),
        reminders=asked,
        deliveries=said,
        cases=draw(st.sampled_from([(), (Case(uid(1), "main", "EUR"),)])),
        had={
            "invoice-service": draw(st.integers(3, 4)),
            "feedback-service": draw(st.integers(0, 1)),
            "notifier": draw(st.integers(0, 1)),
        },
        holidays={("DE", None): HOLIDAYS},
    )


def decide(facts: Facts, now: datetime) -> Decision:
    return evaluate(CUSTOMER, (POLICY,), facts, now)


def demanded_items(decision):
    return [asked.item for request in demands(decision) for asked in request.items]


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments)
def test_never_demands_what_is_paid_cancelled_or_not_overdue(facts, now):
    for request in demands(decide(facts, now)):
        for asked in request.items:
            assert asked.item.state == "overdue"
            assert asked.item.open_minor > 0
            assert request.kind != "reminder" or now >= at(asked.item.due_on + timedelta(days=5), 0)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments)
def test_never_names_an_item_that_another_message_may_still_speak_about(facts, now):
    busy = {
        requested.key
        for one in history(facts, now, timedelta(hours=72)).reminders
        if one.progress is Progress.UNDER_WAY
        for requested in one.reminder.items
    }
    named = [asked.item.key for request in decide(facts, now).requests for asked in request.items]

    assert len(named) == len(set(named))
    assert busy.isdisjoint(named)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments)
def test_never_demands_anything_while_the_customer_is_on_hold(facts, now):
    held = replace(facts, holds=(Hold("h-9", "customer", None, "legal"),))

    assert demands(decide(held, now)) == ()


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments)
def test_a_decision_once_recorded_leaves_nothing_to_do(facts, now):
    first = decide(facts, now)

    again = decide(applied(first, facts, now), now)

    assert again.outcome == "nothing"
    assert again.tasks == first.tasks or demands(first)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_means_nothing(facts, now, random):
    def shuffled(values):
        return tuple(random.sample(values, len(values)))

    names = ("items", "promises", "claims", "disputes", "questions", "holds", "reminders", "deliveries", "cases")
    mixed = replace(
        facts,
        **{name: shuffled(getattr(facts, name)) for name in names},
        creditors=dict(reversed(facts.creditors.items())),
    )

    assert decide(mixed, now) == decide(facts, now)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments)
def test_asks_only_inside_a_sending_window(facts, now):
    local = now.astimezone(BERLIN)
    for request in decide(facts, now).requests:
        assert local.weekday() < 6
        assert time(8) <= local.time() < time(20)
        assert local.date() not in HOLIDAYS
        assert request.not_before_at <= now < request.not_after_at
        assert request.not_after_at.astimezone(BERLIN).date() == local.date()
        if request.kind != "promise_note":
            assert request.deadline_on.weekday() < 5
            assert timedelta(days=7) <= request.deadline_on - local.date() <= timedelta(days=12)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments)
def test_there_is_always_a_next_look_or_only_somebody_else_can_move_things(facts, now):
    decision = decide(facts, now)

    if decision.next_look_at is None:
        assert {reason.rule for reason in decision.reasons} <= WAITS_FOR_SOMEBODY
    else:
        assert decision.next_look_at > now


@settings(max_examples=EXAMPLES, deadline=None)
@given(lives(), moments)
def test_every_item_has_exactly_one_reason(facts, now):
    reasons = [reason for reason in decide(facts, now).reasons if reason.item_id is not None]

    assert len(reasons) == len(facts.items)
    assert all(reason.sentence for reason in reasons)


@settings(max_examples=10, deadline=None)
@given(items(), moments)
def test_following_the_looks_every_overdue_item_climbs_the_whole_ladder_each_stage_once(owed, now):
    facts = Facts(
        tenant=TENANT,
        creditors={"main": CREDITOR, "other": replace(CREDITOR, creditor_id="other")},
        items=tuple(one for one in owed if one.is_overdue or not one.is_owed),
        had={"invoice-service": 1, "feedback-service": 0, "notifier": 0},
        holidays={("DE", None): HOLIDAYS},
    )
    spoken = []
    for _ in range(400):
        decision = decide(facts, now)
        spoken += [(asked.item.key, asked.stage) for request in decision.requests for asked in request.items]
        facts = applied(decision, facts, now)
        new = facts.reminders[len(facts.reminders) - len(decision.requests) :]
        sent = tuple(replace(delivery("sent", at=now), reminder_id=r.reminder_id) for r in new)
        facts = replace(facts, deliveries=facts.deliveries + sent)
        now = decision.next_look_at if decision.next_look_at and not sent else now
        if decision.outcome == "nothing" and decision.next_look_at is None:
            break

    climbing = [i.key for i in owed if i.is_overdue and i.creditor_id in {"main", "other"}]
    assert sorted(spoken) == sorted((key, stage) for key in climbing for stage in (1, 2, 3, 4))
