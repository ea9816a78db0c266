"""Greetings, addresses, contacts: whom a message speaks to."""

import notifier_builders as make
import pytest

from notifier.domain.address import masked, usable_address
from notifier.domain.contact import choose_recipient
from notifier.domain.greeting import greet
from notifier.domain.plaintext import one_line, shortened


@pytest.mark.parametrize(
    ("contact", "kind", "greeting"),
    [
        pytest.param({}, "business", "Dear Ms Weber,", id="ms"),
        pytest.param({"salutation": "mr"}, "business", "Dear Mr Weber,", id="mr"),
        pytest.param({"title": "Dr"}, "business", "Dear Dr Weber,", id="title instead of ms"),
        pytest.param({"salutation": "none"}, "consumer", "Dear Anna Weber,", id="no salutation"),
        pytest.param({"salutation": None, "given_name": None}, "consumer", "Dear Weber,", id="family name only"),
        pytest.param({"family_name": None}, "consumer", "Dear Anna,", id="given name only"),
        pytest.param({"greeting": "Moin Anna!"}, "business", "Moin Anna!", id="the ERP's own words"),
        pytest.param({"greeting": " \n "}, "business", "Dear Ms Weber,", id="empty greeting"),
    ],
)
def test_a_person_is_greeted_by_name(contact: dict, kind: str, greeting: str) -> None:
    assert greet(make.customer(kind=kind), make.contact(**contact)) == greeting


@pytest.mark.parametrize(
    ("kind", "greeting"),
    [
        ("business", "Dear accounts team at Haus am See Hotel GmbH,"),
        ("public", "Dear accounts team at Haus am See Hotel GmbH,"),
        ("consumer", "Dear Haus am See Hotel GmbH,"),
        ("unknown", "Dear Haus am See Hotel GmbH,"),
    ],
)
def test_without_a_person_the_customer_is_greeted_as_what_it_is(kind: str, greeting: str) -> None:
    nobody = make.contact(salutation=None, given_name=None, family_name=None)
    assert greet(make.customer(kind=kind), nobody) == greeting


def test_somebody_without_any_name_is_still_greeted() -> None:
    nobody = make.contact(salutation=None, given_name=None, family_name=None)
    assert greet(make.customer(name="\u200e"), nobody) == "Good day,"


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        pytest.param("anna@example.com", "anna@example.com", id="plain"),
        pytest.param(" anna+x@sub.example.co.uk ", "anna+x@sub.example.co.uk", id="spaces around"),
        pytest.param("a@Müller.example", "a@xn--mller-kva.example", id="domain in ASCII"),
        pytest.param("anna", None, id="no at"),
        pytest.param("anna@localhost", None, id="no dot"),
        pytest.param("anna@@example.com", None, id="two at"),
        pytest.param("an na@example.com", None, id="space"),
        pytest.param("anna@example.com\r\nBcc: x@y.example", None, id="line break"),
        pytest.param("anna@exa_mple.com", None, id="underscore in domain"),
        pytest.param("anna@-example.com", None, id="hyphen first"),
        pytest.param("änna@example.com", None, id="local part that is not ASCII"),
        pytest.param("a@b.example, c@d.example", None, id="two addresses"),
        pytest.param("x" * 65 + "@example.com", None, id="long local part"),
        pytest.param("a@" + "b" * 64 + ".example", None, id="long label"),
        pytest.param("a@" + ".".join(["b" * 60] * 5), None, id="long address"),
        pytest.param("a@ü" + "b" * 70 + ".example", None, id="long label that is not ASCII"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="none"),
    ],
)
def test_only_addresses_that_a_server_could_take_are_usable(address: str | None, usable: str | None) -> None:
    assert usable_address(address) == usable


def test_a_masked_address_names_nobody() -> None:
    assert masked("anna.weber@haus-am-see.example") == "a***@h***.example"


def test_the_contact_for_dunning_comes_before_billing_before_others() -> None:
    contacts = [make.contact(contact_id=role, role=role) for role in ("management", "billing", "other", "dunning")]
    order = []
    while contacts:
        chosen = choose_recipient(make.customer(*contacts), ("email",), "en")
        assert chosen is not None
        order.append(chosen.contact.contact_id)
        contacts = [one for one in contacts if one.contact_id != chosen.contact.contact_id]
    assert order == ["dunning", "billing", "other", "management"]


def test_among_equals_the_language_decides_and_then_the_order() -> None:
    german, english, silent = (
        make.contact(contact_id=str(language), language=language) for language in ("de", "en", None)
    )
    for contacts, wanted in (((german, english), "en"), ((german, silent), "None"), ((silent, english), "None")):
        chosen = choose_recipient(make.customer(*contacts), ("email",), "en")
        assert chosen is not None
        assert chosen.contact.contact_id == wanted


@pytest.mark.parametrize(
    "contact",
    [
        pytest.param({"is_refused": True}, id="refused"),
        pytest.param({"is_unusable": True}, id="unusable"),
        pytest.param({"address": "broken"}, id="no address"),
        pytest.param({"channel": "sms", "address": "+4940123"}, id="another channel"),
    ],
)
def test_nobody_is_chosen_whom_no_wanted_channel_reaches(contact: dict) -> None:
    assert choose_recipient(make.customer(make.contact(**contact)), ("sms", "email"), "en") is None


def test_text_from_outside_becomes_one_clean_line() -> None:
    assert one_line("a\r\nb\tc\x00d\u2028e\u202ef  g") == "a b c d ef g"
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
