"""Random lives of a customer: facts late, twice and in any order, answers, outages, bounces, jumps of the clock.

`make test` lives 200 of them, `make test-unit` 50, `make properties` 5,000 (KULANT_LIVES says how many). Every
invariant of the oracle is shown to be able to fail: a planted defect breaks it, and the lives find that.
"""

import os
from dataclasses import replace
from datetime import date, time, timedelta
from random import Random

import pytest
from engine_builders import POLICY
from engine_oracle import check_decision, check_message
from engine_world import World, new_item
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from dunning_engine.domain.answers import About, Dispute, DisputeDecision, Hold, PaymentClaim, Promise, Question
from dunning_engine.domain.answers import ReturnedPayment as Returned
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import Credit
from dunning_engine.domain.policy import Budget, SendingWindow

LIVES = int(os.environ.get("KULANT_LIVES", "200"))
STEPS = 10
CURRENCIES = ("EUR", "EUR", "USD", "CHF", "GBP")
parts = st.sampled_from([None, 2_000, 5_000])
few_days = st.integers(0, 12)


class Life(RuleBasedStateMachine):
    """One customer's life with up to five invoices. `decide` may be a defective one."""

    decide = staticmethod(evaluate)
    policy = POLICY
    first = ()
    """What happens at the beginning of every life, to lead it to a rare place."""

    @initialize(seed=st.integers(0, 9), start=st.sampled_from([date(2026, 3, 2), date(2026, 10, 12)]))
    def begin(self, seed, start):
        self.world = World(
            decide=type(self).decide, policy=type(self).policy, random=Random(seed),
            on_send=check_message, on_decision=check_decision,
        )  # fmt: skip
        self.world.now = self.world.now + timedelta(days=(start - date(2026, 3, 2)).days)
        self.said = 0
        self.issue(0, 11_900)
        for what, arguments in self.first:
            getattr(self, what)(**arguments)

    def choose(self, number):
        items = sorted(self.items)
        return items[number % len(items)]

    @property
    def items(self):
        told = [fact.key for kind, fact in self.world.pending if kind == "item"]
        return {item.key for item in self.world.facts.items} | set(told)

    def read_some(self, *, late):
        if not late:
            self.world.read()

    def word(self, number):
        self.said += 1
        return f"resp-{self.said:03d}", self.world.now, About(None, None, None, self.choose(number)[0])

    @rule(days=few_days, minor=st.sampled_from([3_000, 11_900]))
    def issue(self, days, minor):
        number = len(self.items)
        if number < len(CURRENCIES):
            due_on = self.world.today + timedelta(days=days)
            self.world.tell("item", new_item(number, due_on, minor, currency=CURRENCIES[number]))
            self.world.read()

    @rule(number=st.integers(0, 4), share=st.sampled_from([2_000, 5_000, 99_999]), late=st.booleans())
    def pay(self, number, share, late):
        item = self.world.item(self.choose(number))
        self.world.change(item.key, open_minor=max(0, item.open_minor - share))
        self.read_some(late=late)

    @rule(number=st.integers(0, 4), late=st.booleans())
    def payment_comes_back(self, number, late):
        item = self.world.item(self.choose(number))
        if item.open_minor == 0:
            back = Returned(f"p-{self.world.told}", self.world.today, is_direct_debit=True)
            self.world.change(item.key, open_minor=item.amount_minor, returned=back)
            self.read_some(late=late)

    @rule(number=st.integers(0, 4), minor=st.sampled_from([2_000, 5_000]))
    def correct(self, number, minor):
        item = self.world.item(self.choose(number))
        less = min(minor, item.open_minor)
        self.world.change(item.key, open_minor=item.open_minor - less, corrected_minor=item.corrected_minor + less)
        self.world.read()

    @rule(number=st.integers(0, 4), days=st.integers(-5, 20))
    def move_due_date(self, number, days):
        item = self.world.item(self.choose(number))
        self.world.change(item.key, due_on=item.due_on + timedelta(days=days))
        self.world.read()

    @rule(number=st.integers(0, 4), days=few_days, part=parts, late=st.booleans())
    def promise(self, number, days, part, late):
        response_id, now, about = self.word(number)
        on = self.world.today + timedelta(days=days)
        self.world.tell("promise", Promise(response_id, now, on, about, part))
        self.read_some(late=late)

    @rule(number=st.integers(0, 4), part=parts, late=st.booleans())
    def claim(self, number, part, late):
        response_id, now, about = self.word(number)
        self.world.tell("claim", PaymentClaim(response_id, now, about, None, part))
        self.read_some(late=late)

    @rule(number=st.integers(0, 4), part=parts, late=st.booleans())
    def contest(self, number, part, late):
        response_id, now, about = self.word(number)
        self.world.tell("dispute", Dispute(response_id, now, about, part))
        self.read_some(late=late)

    @precondition(lambda self: any(d.decision is None for d in self.world.facts.disputes))
    @rule(outcome=st.sampled_from(["accepted", "rejected", "withdrawn"]))
    def decide_dispute(self, outcome):
        dispute = next(d for d in self.world.facts.disputes if d.decision is None)
        self.world.tell("decision", (dispute.response_id, DisputeDecision(outcome, self.world.now)))
        self.world.read()

    @rule(number=st.integers(0, 4), kind=st.sampled_from(["question", "plan"]))
    def ask(self, number, kind):
        response_id, now, about = self.word(number)
        self.world.tell("question", Question(response_id, kind, now, about))
        self.world.read()

    @precondition(lambda self: any(q.answered_at is None for q in self.world.facts.questions))
    @rule()
    def answer(self):
        asked = next(q for q in self.world.facts.questions if q.answered_at is None)
        self.world.tell("answer", (asked.response_id, self.world.now))
        self.world.read()

    @rule(number=st.integers(0, 5), part=parts, days=st.none() | few_days, late=st.booleans())
    def hold(self, number, part, days, late):
        until_on = None if days is None else self.world.today + timedelta(days=days)
        scope_id = self.choose(number)[0] if number < 5 else None
        part = part if scope_id else None
        currency = self.world.item(self.choose(number)).currency
        scope = "invoice" if scope_id else "customer"
        hold_id = f"hold-{self.world.told}"
        self.world.tell("hold", Hold(hold_id, scope, scope_id, "manual", until_on, None, part, currency))
        self.read_some(late=late)

    @precondition(lambda self: any(hold.is_set for hold in self.world.facts.holds))
    @rule()
    def lift(self):
        hold = next(hold for hold in self.world.facts.holds if hold.is_set)
        self.world.tell("lift", hold)
        self.world.read()

    @rule(minor=st.sampled_from([0, 1_000, 20_000]))
    def unallocated_money(self, minor):
        self.world.tell("credit", Credit("main", "EUR", minor))
        self.world.read()

    @rule()
    def everything_is_read_again(self):
        self.world.read(
            again=[("item", i) for i in self.world.facts.items] + [("promise", p) for p in self.world.facts.promises]
        )

    @rule(days=st.integers(1, 20), known=st.booleans())
    def days_go_by(self, days, known):
        self.days_pass(days, known)

    def days_pass(self, days, known):
        self.world.read()
        self.world.pass_days(days, payments_known=known)

    @rule(days=st.integers(20, 45))
    def a_quiet_time(self, days):
        self.days_pass(days, known=True)

    @rule(days=st.integers(1, 40))
    def nothing_runs(self, days):
        self.world.now += timedelta(days=days)
        self.world.read()

    @rule(hours=st.integers(1, 30))
    def the_clock_jumps(self, hours):
        self.world.now += timedelta(hours=hours)
        self.world.settle()

    @precondition(lambda self: any(not one.came_back for one in self.world.sent))
    @rule(late=st.booleans())
    def bounce(self, late):
        message = next(one for one in reversed(self.world.sent) if not one.came_back)
        self.world.come_back(message)
        self.read_some(late=late)

    @rule(end=st.sampled_from(["unknown", "failed", "silence"]), chance=st.integers(0, 5))
    def trouble(self, end, chance):
        self.world.next_end = end if chance == 0 else "sent"


def live(count, **changes):
    machine = type("PlantedLife", (Life,), changes)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


def forgets(name):
    """Does not look at what the customer or somebody else said."""

    def decide(customer, policies, facts, now):
        return evaluate(customer, policies, replace(facts, **{name: ()}), now)

    return {"decide": staticmethod(decide)}


def forgetful(customer, policies, facts, now):
    """Does not know what it said already."""
    sent = {delivery.reminder_id for delivery in facts.deliveries if delivery.kind == "sent"}
    left = tuple(r for r in facts.reminders if r.reminder_id not in sent or r.kind != "reminder")
    return evaluate(customer, policies, replace(facts, reminders=left), now)


def deaf_to_bounces(customer, policies, facts, now):
    """Believes that what was handed over arrived."""
    heard = tuple(delivery for delivery in facts.deliveries if delivery.kind != "bounced")
    return evaluate(customer, policies, replace(facts, deliveries=heard), now)


def blind_to_payments(customer, policies, facts, now):
    """Asks for what was invoiced, whatever was paid."""
    owed = tuple(
        replace(item, open_minor=item.amount_minor, state="overdue" if item.state == "settled" else item.state)
        for item in facts.items
    )
    return evaluate(customer, policies, replace(facts, items=owed), now)


def looks_no_more(customer, policies, facts, now):
    return replace(evaluate(customer, policies, facts, now), next_look_at=None)


def minds_the_order(customer, policies, facts, now):
    """Takes the first answer that happens to come."""
    return evaluate(customer, policies, replace(facts, claims=facts.claims[:1], disputes=facts.disputes[:1]), now)


def after(what, **arguments):
    """A life that begins with something said, and then a week of which the bank tells nothing."""
    return {"first": ((what, arguments), ("days_go_by", {"days": 7, "known": False}))}


def by_policy(**changes):
    return {"policy": replace(POLICY, **changes)}


FIVE_INVOICES = (*[("issue", {"days": 0, "minor": 3_000})] * 4, ("days_go_by", {"days": 12, "known": True}))
ALWAYS = SendingWindow(frozenset(range(7)), time(0), time(23, 59))


@pytest.mark.parametrize(
    ("defect", "invariant"),
    [
        pytest.param({"decide": staticmethod(forgetful)}, "said once", id="forgets what it said"),
        pytest.param({"decide": staticmethod(blind_to_payments)}, "resting", id="blind to payments"),
        pytest.param(
            forgets("disputes") | after("contest", number=0, part=None, late=False), "resting", id="forgets disputes"
        ),
        pytest.param(
            forgets("promises") | after("promise", number=0, days=9, part=2_000, late=False),
            "resting",
            id="forgets promises",
        ),
        pytest.param(
            forgets("claims") | after("claim", number=0, part=None, late=False),
            "resting",
            id="forgets claimed payments",
        ),
        pytest.param(
            forgets("holds") | after("hold", number=0, part=5_000, days=None, late=False), "resting", id="forgets holds"
        ),
        pytest.param(forgets("questions") | after("ask", number=0, kind="question"), "resting", id="forgets questions"),
        pytest.param(
            forgets("credits") | after("unallocated_money", minor=1_000),
            "resting",
            id="forgets the customer's own money",
        ),
        pytest.param(
            by_policy(stages=(*POLICY.stages[:1], *POLICY.stages[2:])), "stages: 3 after 1", id="skips a stage"
        ),
        pytest.param(
            {"decide": staticmethod(deaf_to_bounces)}, "stages: . after .", id="uses a stage without delivery"
        ),
        pytest.param(by_policy(pause_working_days=2), "stages: too early after the deadline", id="a pause too short"),
        pytest.param(by_policy(budget=Budget(per_day=9)), "budget: two messages on one day", id="two a day"),
        pytest.param(
            by_policy(budget=Budget(1, 9)) | {"first": FIVE_INVOICES},
            "budget: four messages in seven days",
            id="four in seven days",
        ),
        pytest.param(by_policy(window=ALWAYS), "window: outside of it", id="wakes people up"),
        pytest.param({"decide": staticmethod(looks_no_more)}, "looks: none", id="never looks again"),
        pytest.param({"decide": staticmethod(minds_the_order)}, "order", id="minds the order"),
    ],
)
def test_each_invariant_has_a_planted_defect_that_the_lives_find(defect, invariant):
    with pytest.raises(AssertionError, match=invariant):
        live(400, **defect)


def test_all_invariants_hold_through_random_lives():
    live(LIVES)
