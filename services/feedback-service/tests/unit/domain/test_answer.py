from feedback_builders import a_debt, a_promise, an_answer, an_item
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.answer import Money, Part, parts_of

FIRST, SECOND, LATER = an_item("RE-1", 10_000), an_item("RE-2", 5_000), an_item("RE-3", 700)
DEBT = a_debt(FIRST, SECOND, LATER)
REMINDED = frozenset({FIRST.key, SECOND.key})


def spread(chosen, amount_minor=None, reminded=REMINDED):
    amount = sum(item.open_minor for item in chosen) if amount_minor is None else amount_minor
    return [(part.key, part.money.amount_minor) for part in parts_of(chosen, DEBT, reminded, amount)]


def test_everything_that_the_reminder_asked_for_is_one_part():
    assert spread([FIRST, SECOND]) == [(None, 15_000)]


def test_an_item_beyond_the_reminder_is_named():
    assert spread([FIRST, SECOND, LATER]) == [(None, 15_000), (LATER.key, 700)]


def test_a_share_of_the_reminders_items_is_named_item_by_item():
    assert spread([SECOND, LATER]) == [(SECOND.key, 5_000), (LATER.key, 700)]


def test_a_reminder_about_one_item_names_it():
    assert spread([FIRST], reminded=frozenset({FIRST.key})) == [(FIRST.key, 10_000)]


def test_a_smaller_amount_goes_to_the_oldest_first():
    assert spread([FIRST, SECOND, LATER], 15_100) == [(None, 15_000), (LATER.key, 100)]
    assert spread([FIRST, SECOND, LATER], 900) == [(None, 900)]


@given(st.integers(1, 15_700), st.frozensets(st.sampled_from([item.key for item in DEBT.items])))
def test_no_cent_is_lost_or_gained(amount_minor, reminded):
    assert sum(share for _, share in spread(DEBT.items, amount_minor, reminded)) == amount_minor


def test_an_answers_first_response_has_its_own_id_and_the_others_have_stable_ones():
    two = (Part(None, Money(1, "EUR")), Part(LATER.key, Money(2, "EUR")))
    answer = an_answer(a_promise(parts=two)).answer

    assert answer.response_id(0) == answer.answer_id
    assert answer.response_id(1) == answer.response_id(1) != answer.answer_id
    assert answer.money == Money(3, "EUR")
