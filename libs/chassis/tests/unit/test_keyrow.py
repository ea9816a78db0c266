from hypothesis import given
from hypothesis import strategies as st

from kulant_chassis.keyrow import Had, KeyRow

STREAM = ("/kulant/invoice-service", "kulant.invoice.v1")


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 12)))
def test_every_order_with_repetitions_takes_each_sequence_once(order, again):
    had = Had()

    taken = [sequence for sequence in [*order, *again] if had.take(sequence)]

    assert sorted(taken) == list(range(1, 13))
    assert (had.upto, had.ahead) == (12, set())


@given(st.sets(st.integers(1, 30)))
def test_the_contiguous_part_ends_before_the_first_gap(sequences):
    had = Had()
    for sequence in sequences:
        had.take(sequence)

    first_missing = next(number for number in range(1, 32) if number not in sequences)
    assert had.upto == first_missing - 1
    assert had.ahead == {sequence for sequence in sequences if sequence > first_missing}


def test_all_up_to_a_baseline_counts_as_had():
    had = Had()
    had.take(2)

    assert had.take(5, baseline=4)
    assert (had.upto, had.ahead) == (5, set())
    assert not had.take(3)


def test_a_key_with_a_gap_or_a_parked_fact_is_incomplete():
    row = KeyRow("acme/C1", "acme")
    assert row.is_complete

    row.take(*STREAM, 2)
    assert not row.is_complete
    row.take(*STREAM, 1)
    assert row.is_complete

    row.park("kulant.invoice.v1/0/7", "data: missing")
    assert not row.is_complete


def test_a_duplicate_leaves_the_row_unchanged():
    row = KeyRow("acme/C1", "acme")
    row.take(*STREAM, 1)
    row.is_changed = False

    assert not row.take(*STREAM, 1)
    assert not row.is_changed


def test_sequences_given_are_contiguous_per_topic():
    row = KeyRow("acme/C1", "acme")

    assert [row.give("a"), row.give("a"), row.give("b"), row.give("a")] == [1, 2, 1, 3]
    assert (row.given("a"), row.given("b"), row.given("c")) == (3, 1, 0)


def test_what_was_had_survives_the_way_through_the_database():
    row = KeyRow("acme/C1", "acme")
    for sequence in (1, 2, 5, 7):
        row.take(*STREAM, sequence)

    restored = KeyRow.streams_from_json(row.streams_as_json())

    assert restored == row.streams
