"""May it go, may it leave, does it end: the tables behind the sender."""

from datetime import UTC, datetime, timedelta

import notifier_builders as make
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.attempt import State
from notifier.domain.decision import (
    Answer,
    Cleared,
    Go,
    OwnSight,
    Wait,
    decide_before_gate,
    is_fresh,
    judge,
    next_batch,
    wait_after,
)
from notifier.domain.outcome import End
from notifier.domain.own_words import OwnWords, Representation
from notifier.domain.party import erased

AT = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
ALL = ("invoice-service", "dunning-engine", "feedback-service")


def sight(**changes) -> OwnSight:
    values = {"is_complete": True, "had": {"invoice-service": 3, "feedback-service": 0}, "given": 0, "stopped_at": 0}
    return OwnSight(**(values | changes))


def decide(**changes):
    values = {
        "now": AT,
        "withdrawn": False,
        "sight": sight(),
        "words": OwnWords(),
        "customer": make.customer(),
        "creditor": make.creditor(),
    } | changes
    return decide_before_gate(values.pop("reminder", make.reminder()), **values)


def test_a_reminder_with_everything_in_place_goes_to_the_gate() -> None:
    decided = decide()
    assert isinstance(decided, Go)
    assert decided.recipient.address == "anna.weber@haus-am-see.example"


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        pytest.param({"withdrawn": True}, ("suppressed", "withdrawn"), id="withdrawn"),
        pytest.param({"customer": erased("C-1001")}, ("suppressed", "erased"), id="erased"),
        pytest.param(
            {"words": OwnWords(representation=Representation(AT))}, ("suppressed", "represented"), id="represented"
        ),
        pytest.param({"now": AT + timedelta(days=1)}, ("suppressed", "expired"), id="expired"),
        pytest.param(
            {"withdrawn": True, "sight": sight(is_complete=False)}, ("suppressed", "withdrawn"), id="withdrawn first"
        ),
        pytest.param({"sight": sight(given=4, stopped_at=4)}, ("suppressed", "stale"), id="own failure after seen"),
        pytest.param(
            {"reminder": make.reminder(seen={"notifier": 5}), "sight": sight(given=4)},
            ("suppressed", "stale"),
            id="seen what was never given",
        ),
        pytest.param({"customer": None}, ("failed", "no_contact"), id="unknown customer"),
        pytest.param(
            {"customer": make.customer(make.contact(is_refused=True))}, ("failed", "no_contact"), id="no contact"
        ),
        pytest.param({"reminder": make.reminder(channels=("post",))}, ("failed", "no_contact"), id="no such channel"),
        pytest.param({"reminder": make.reminder(kind="notice")}, ("failed", "no_words"), id="a kind without words"),
        pytest.param({"reminder": make.reminder(lines=())}, ("failed", "no_words"), id="nothing to speak of"),
    ],
)
def test_it_ends_before_the_gate(changes: dict, ends: tuple) -> None:
    decided = decide(**changes)
    assert isinstance(decided, End)
    assert (decided.state, decided.reason) == ends


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"sight": sight(is_complete=False)}, "facts_missing", id="a gap"),
        pytest.param({"sight": sight(had={"invoice-service": 2})}, "behind_invoice-service", id="behind on invoices"),
        pytest.param(
            {"reminder": make.reminder(seen={"feedback-service": 1})}, "behind_feedback-service", id="behind on answers"
        ),
        pytest.param({"creditor": None}, "creditor_unknown", id="no creditor yet"),
    ],
)
def test_it_waits_before_the_gate(changes: dict, reason: str) -> None:
    assert decide(**changes) == Wait(reason)


def test_own_failures_that_the_decision_knew_of_do_not_hold() -> None:
    assert isinstance(decide(reminder=make.reminder(seen={"notifier": 4}), sight=sight(given=4, stopped_at=4)), Go)


def test_only_three_times_clear_is_clear() -> None:
    assert judge({owner: Answer("clear", 3) for owner in ALL}) == Cleared()


@pytest.mark.parametrize("missing", ALL)
def test_a_missing_answer_means_wait(missing: str) -> None:
    answers = {owner: Answer("clear", 3) for owner in ALL if owner != missing}
    assert judge(answers) == Wait(f"no_answer_{missing}")


@pytest.mark.parametrize("owner", ALL)
def test_one_no_is_a_no_and_tells_the_owners_sequences(owner: str) -> None:
    answers = {name: Answer("clear", 3) for name in ALL}
    assert judge(answers | {owner: Answer("stale", 7)}) == End(
        State.SUPPRESSED, "stale", {name: 7 if name == owner else 3 for name in ALL}
    )
    stopped = judge(answers | {owner: Answer("stop", 8, "hold")})
    assert isinstance(stopped, End)
    assert stopped.reason == "hold"


def test_a_no_counts_while_others_are_silent_and_an_unknown_word_is_no_answer() -> None:
    assert isinstance(judge({"invoice-service": Answer("stale", 7)}), End)
    unknown = {owner: Answer("clear", 3) for owner in ALL} | {"dunning-engine": Answer("perhaps", 3)}
    assert judge(unknown) == Wait("no_answer_dunning-engine")


@pytest.mark.parametrize(
    ("age_ms", "fresh"), [(0, True), (1999, True), (2000, False), (60_000, False), (-1, False), (-5000, False)]
)
def test_a_clearance_lives_two_seconds(age_ms: int, fresh: bool) -> None:
    assert is_fresh(AT, AT + timedelta(milliseconds=age_ms), timedelta(milliseconds=max(age_ms, 0))) is fresh


def test_a_clearance_is_no_younger_than_the_older_of_two_clocks_says() -> None:
    assert is_fresh(AT, AT + timedelta(seconds=1), timedelta(seconds=1.999))
    assert not is_fresh(AT, AT + timedelta(seconds=1), timedelta(seconds=2))
    assert not is_fresh(AT, AT + timedelta(seconds=2), timedelta(seconds=1))


@given(st.integers(0, 10_000))
def test_waits_grow_and_stay_bounded(waits: int) -> None:
    assert timedelta(milliseconds=250) <= wait_after(waits) <= wait_after(waits + 1) <= timedelta(seconds=8)


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(0, 1000), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_batches_stay_within_one_and_the_limit(current: int, offered: int, left: int, took: timedelta) -> None:
    assert 1 <= next_batch(current, offered, min(left, offered), took, 1000) <= 1000


@pytest.mark.parametrize(
    ("current", "offered", "left", "took_ms", "chosen"),
    [
        pytest.param(50, 50, 0, 100, 100, id="all left at once: twice as many"),
        pytest.param(50, 50, 0, 0, 100, id="none was cleared, which takes no time"),
        pytest.param(100, 100, 0, 800, 125, id="as many as leave in a second"),
        pytest.param(100, 100, 0, 1600, 62, id="all left, but late"),
        pytest.param(50, 3, 0, 10, 50, id="there were no more"),
        pytest.param(800, 800, 700, 2000, 100, id="as many as left in time"),
        pytest.param(800, 800, 800, 2000, 1, id="none did"),
        pytest.param(800, 800, 0, 100, 1000, id="the limit"),
    ],
)
def test_batches_are_as_large_as_half_the_time_of_a_clearance_allows(
    current: int, offered: int, left: int, took_ms: int, chosen: int
) -> None:
    assert next_batch(current, offered, left, timedelta(milliseconds=took_ms), 1000) == chosen
