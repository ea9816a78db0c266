"""Contacts: the ERP's word, the customer's word, and what came back; the later word counts, in whatever order read."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import notifier_builders as make
import pytest
from fake_work import FakeWork

from notifier.domain.contact import choose_recipient, usable_contacts
from notifier.domain.own_words import Bounce, Correction, OwnWords, Preference, Refusal, Representation, Word, heard
from notifier.domain.party import Customer, erased
from notifier.usecases.record_customers import ToldCustomer, record_customers, record_words

MONDAY = datetime(2026, 3, 9, 10, tzinfo=UTC)
SUNDAY, TUESDAY = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
KEY = "nordlicht/C-1001"
FIRST = make.contact(contact_id="first", address="first@a.example")
SECOND = make.contact(contact_id="second", address="second@a.example", role="other")


def after(*said: Word) -> OwnWords:
    words = OwnWords()
    for word in said:
        words = heard(words, word)
    return words


def chosen(words: OwnWords, *contacts, **changes) -> str | None:
    customer = make.customer(*(contacts or (FIRST, SECOND)))
    found = choose_recipient(customer, words, make.reminder(**changes))
    return found.address if found else None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        pytest.param((), "first@a.example", id="nothing"),
        pytest.param((Refusal("email", "first", MONDAY),), "second@a.example", id="one contact refused"),
        pytest.param((Refusal("email", None, MONDAY),), None, id="the channel refused"),
        pytest.param((Refusal("sms", None, MONDAY),), "first@a.example", id="another channel refused"),
        pytest.param((Correction("email", "first", "new@a.example", MONDAY),), "new@a.example", id="corrected"),
        pytest.param((Correction("email", None, "new@a.example", MONDAY),), "new@a.example", id="one more"),
        pytest.param((Preference("post", MONDAY),), "first@a.example", id="a channel that there is not yet"),
        pytest.param((Bounce("first", MONDAY, is_lasting=True),), "second@a.example", id="bounced for good"),
        pytest.param((Bounce("first", MONDAY, is_lasting=False),), "first@a.example", id="bounced once in passing"),
        pytest.param(
            (Bounce("first", MONDAY, is_lasting=False), Bounce("first", TUESDAY, is_lasting=False)),
            "second@a.example",
            id="bounced twice in passing",
        ),
        pytest.param(
            (Refusal("email", None, MONDAY), Preference("email", TUESDAY)), "first@a.example", id="wanted again"
        ),
        pytest.param((Refusal("email", None, TUESDAY), Preference("email", MONDAY)), None, id="wanted before"),
        pytest.param(
            (Refusal("email", "first", MONDAY), Correction("email", "first", "new@a.example", TUESDAY)),
            "new@a.example",
            id="refused, then corrected",
        ),
        pytest.param(
            (Bounce("first", MONDAY, is_lasting=True), Correction("email", "first", "new@a.example", TUESDAY)),
            "new@a.example",
            id="bounced, then corrected",
        ),
        pytest.param(
            (Correction("email", "first", "a@a.example", MONDAY), Correction("email", "first", "b@a.example", TUESDAY)),
            "b@a.example",
            id="corrected twice",
        ),
    ],
)
def test_the_customers_word_decides_in_any_order(said: tuple[Word, ...], address: str | None) -> None:
    for order in itertools.permutations(said):
        assert chosen(after(*order)) == address
        assert chosen(after(*order, *order)) == address


@pytest.mark.parametrize(
    ("contact", "said", "is_usable"),
    [
        pytest.param({"consent_at": TUESDAY}, Refusal("email", None, MONDAY), True, id="consent after the refusal"),
        pytest.param({"consent_at": MONDAY}, Refusal("email", None, MONDAY), False, id="consent at the same time"),
        pytest.param({"consent_at": SUNDAY}, Refusal("email", None, MONDAY), False, id="consent before"),
        pytest.param({"since": TUESDAY}, Refusal("email", "k1", MONDAY), True, id="another address after it"),
        pytest.param({"since": SUNDAY}, Refusal("email", "k1", MONDAY), False, id="another address before it"),
        pytest.param({"since": TUESDAY}, Refusal("email", None, MONDAY), False, id="a channel at any address"),
        pytest.param({"since": TUESDAY}, Bounce("k1", MONDAY, is_lasting=True), True, id="another address after it"),
        pytest.param({"since": SUNDAY}, Bounce("k1", MONDAY, is_lasting=True), False, id="bounced at this address"),
        pytest.param({"is_refused": True, "consent_at": SUNDAY}, Preference("sms", MONDAY), False, id="taken back"),
    ],
)
def test_a_later_word_of_the_erp_beats_the_customers(contact: dict, said: Word, is_usable: bool) -> None:
    assert bool(usable_contacts(make.customer(make.contact(**contact)), after(said))) == is_usable


def test_an_address_that_the_erp_changed_after_the_correction_stands() -> None:
    told = make.contact(since=TUESDAY)
    words = after(Correction("email", "k1", "old@a.example", MONDAY))
    assert [one.address for one in usable_contacts(make.customer(told), words)] == [told.address]


def test_a_correction_goes_before_the_erps_refusal_of_the_old_address() -> None:
    told = make.contact(is_refused=True, is_unusable=True, consent_at=SUNDAY)
    words = after(Correction("email", "k1", "new@a.example", MONDAY))
    assert [one.address for one in usable_contacts(make.customer(told), words)] == ["new@a.example"]


@pytest.mark.parametrize("contact_id", ["k1", None])
def test_consent_that_the_erp_took_back_after_a_correction_counts(contact_id: str | None) -> None:
    told = make.contact(is_refused=True, consent_at=TUESDAY)
    words = after(Correction("email", contact_id, "new@a.example", MONDAY))
    assert usable_contacts(make.customer(told), words) == ()


def test_an_own_address_stays_while_the_erp_has_consent_to_another_one_of_the_channel() -> None:
    refused = make.contact(contact_id="first", is_refused=True, consent_at=TUESDAY)
    words = after(Correction("email", None, "new@a.example", MONDAY))
    assert chosen(words, refused, SECOND) == "new@a.example"


def test_consent_to_the_old_address_after_a_correction_keeps_the_old_address() -> None:
    told = make.contact(consent_at=TUESDAY)
    words = after(Correction("email", "k1", "new@a.example", MONDAY))
    assert [one.address for one in usable_contacts(make.customer(told), words)] == [told.address]


def test_to_prefer_a_channel_brings_back_no_contact_that_was_the_wrong_person() -> None:
    assert chosen(after(Refusal("email", "first", MONDAY), Preference("email", TUESDAY))) == "second@a.example"


def test_a_new_address_is_written_to_by_the_name_that_is_known() -> None:
    words = after(Correction("email", None, "new@a.example", MONDAY))
    found = choose_recipient(make.customer(), words, make.reminder())
    assert found is not None
    assert (found.contact.contact_id, found.contact.family_name) == ("own-email", "Weber")
    nobody = make.customer(make.contact(channel="phone", address="+4940"))
    found = choose_recipient(nobody, words, make.reminder())
    assert found is not None
    assert (found.address, found.contact.family_name) == ("new@a.example", None)


def test_an_own_address_is_corrected_like_any_other() -> None:
    said = (Correction("email", None, "a@a.example", MONDAY), Correction("email", "own-email", "b@a.example", TUESDAY))
    for order in itertools.permutations(said):
        assert chosen(after(*order)) == "b@a.example"


def test_a_command_that_names_a_contact_reaches_that_one_or_nobody() -> None:
    assert chosen(OwnWords(), contact_id="second") == "second@a.example"
    assert chosen(after(Refusal("email", "second", MONDAY)), contact_id="second") is None


def test_who_is_represented_stays_so() -> None:
    words = after(Representation(MONDAY), Representation(TUESDAY))
    assert words.representation == Representation(MONDAY)


def test_the_moment_of_a_changed_address_is_noted_and_of_others_kept() -> None:
    before = make.customer(replace(FIRST, since=SUNDAY), SECOND)
    told = make.customer(FIRST, replace(SECOND, address="moved@a.example"), make.contact(contact_id="third"))
    assert [one.since for one in told.after(before, MONDAY).contacts] == [SUNDAY, MONDAY, MONDAY]
    assert [one.since for one in told.after(None, MONDAY).contacts] == [None, None, None]


def told_customer(customer: Customer, version: int) -> ToldCustomer:
    return ToldCustomer(KEY, customer, version, MONDAY)


async def test_of_several_versions_the_highest_is_kept() -> None:
    work = FakeWork()
    newer = make.customer(SECOND, name="Newer")
    await record_customers(work, [told_customer(newer, 9), told_customer(make.customer(name="Older"), 8)])
    assert work.parties.known_customers[KEY].name == "Newer"


async def test_of_an_erased_customer_nothing_personal_stays_and_nothing_comes_back() -> None:
    work = FakeWork()
    await record_words(work, [(KEY, Correction("email", None, "new@a.example", MONDAY))])
    await record_customers(work, [told_customer(erased("C-1001"), 9)])
    await record_words(work, [(KEY, Correction("email", None, "again@a.example", TUESDAY))])
    assert work.parties.known_customers[KEY] == erased("C-1001")
    assert work.parties.known_words[KEY] == OwnWords()


async def test_nothing_said_is_nothing_to_keep() -> None:
    work = FakeWork()
    await record_words(work, [])
    await record_customers(work, [])
    assert work.parties.known_words == {}
