"""Greetings, addresses, contacts: whom a message speaks to."""

import notifier_builders as make
import pytest

from notifier.domain.address import masked, usable_address
from notifier.domain.contact import choose_recipient
from notifier.domain.greeting import greet
from notifier.domain.own_words import OwnWords
from notifier.domain.plaintext import one_line, shortened

_MUELLER = {"salutation": "ms", "title": "Dr.", "given_name": "Anna", "family_name": "Müller"}


@pytest.mark.parametrize(
    ("contact", "english", "warm", "formal"),
    [
        pytest.param(
            _MUELLER, "Dear Dr Müller,", "Guten Tag Frau Dr. Müller,", "Sehr geehrte Frau Dr. Müller,", id="with title"
        ),
        pytest.param(
            _MUELLER | {"title": "Prof. Dr."},
            "Dear Professor Müller,",
            "Guten Tag Frau Prof. Dr. Müller,",
            "Sehr geehrte Frau Prof. Dr. Müller,",
            id="professor",
        ),
        pytest.param(
            {"salutation": "mr"}, "Dear Mr Weber,", "Guten Tag Herr Weber,", "Sehr geehrter Herr Weber,", id="mr"
        ),
        pytest.param({}, "Dear Ms Weber,", "Guten Tag Frau Weber,", "Sehr geehrte Frau Weber,", id="ms"),
        pytest.param(
            {"salutation": None}, "Dear Anna Weber,", "Guten Tag Anna Weber,", "Guten Tag Anna Weber,", id="not told"
        ),
        pytest.param(
            {"salutation": "none", "title": "Dr."},
            "Dear Dr Weber,",
            "Guten Tag Dr. Anna Weber,",
            "Guten Tag Dr. Anna Weber,",
            id="no salutation wanted",
        ),
        pytest.param(
            {"salutation": None, "given_name": None},
            "Dear Ms or Mr Weber,",
            "Guten Tag Frau oder Herr Weber,",
            "Guten Tag Frau oder Herr Weber,",
            id="family name only",
        ),
        pytest.param({"family_name": None}, "Dear Anna,", "Guten Tag Anna,", "Guten Tag Anna,", id="given name only"),
        pytest.param({"greeting": "Moin Anna!"}, "Moin Anna!", "Moin Anna!", "Moin Anna!", id="the ERP's own words"),
        pytest.param(
            {"greeting": " \n "}, "Dear Ms Weber,", "Guten Tag Frau Weber,", "Sehr geehrte Frau Weber,", id="empty"
        ),
    ],
)
def test_a_person_is_greeted_by_name(contact: dict, english: str, warm: str, formal: str) -> None:
    greeted = make.contact(**contact)
    assert greet(make.customer(), greeted, "en", is_warm=True) == english
    assert greet(make.customer(), greeted, "de", is_warm=True) == warm
    assert greet(make.customer(), greeted, "de", is_warm=False) == formal


@pytest.mark.parametrize(
    ("kind", "name", "english", "warm", "formal"),
    [
        pytest.param("business", "Haus am See Hotel GmbH", "Good day,", "Guten Tag,", "Guten Tag,", id="company"),
        pytest.param("public", "Stadt Kiel", "Good day,", "Guten Tag,", "Guten Tag,", id="public"),
        pytest.param("unknown", "Krause & Söhne OHG", "Good day,", "Guten Tag,", "Guten Tag,", id="looks like one"),
        pytest.param("unknown", "Verlag e. K.", "Good day,", "Guten Tag,", "Guten Tag,", id="sole trader"),
        pytest.param(
            "consumer",
            "Familie Müller",
            "Dear Müller family,",
            "Guten Tag Familie Müller,",
            "Sehr geehrte Familie Müller,",
            id="household",
        ),
        pytest.param(
            "unknown",
            "The Miller Family",
            "Dear Miller family,",
            "Guten Tag Familie Miller,",
            "Sehr geehrte Familie Miller,",
            id="household in English",
        ),
        pytest.param(
            "consumer", "Anna Weber", "Dear Anna Weber,", "Guten Tag Anna Weber,", "Guten Tag Anna Weber,", id="person"
        ),
        pytest.param("consumer", "\u200e", "Good day,", "Guten Tag,", "Guten Tag,", id="no name at all"),
    ],
)
def test_without_a_person_the_customer_is_greeted_as_what_it_is(
    kind: str, name: str, english: str, warm: str, formal: str
) -> None:
    nobody = make.contact(salutation=None, given_name=None, family_name=None)
    customer = make.customer(kind=kind, name=name)
    assert greet(customer, nobody, "en", is_warm=True) == english
    assert greet(customer, nobody, "de", is_warm=True) == warm
    assert greet(customer, nobody, "de", is_warm=False) == formal


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
        chosen = choose_recipient(make.customer(*contacts), OwnWords(), make.reminder())
        assert chosen is not None
        order.append(chosen.contact.contact_id)
        contacts = [one for one in contacts if one.contact_id != chosen.contact.contact_id]
    assert order == ["dunning", "billing", "other", "management"]


def test_among_equals_the_language_decides_and_then_the_order() -> None:
    german, english, silent = (
        make.contact(contact_id=str(language), language=language) for language in ("de", "en", None)
    )
    for contacts, wanted in (((german, english), "en"), ((german, silent), "None"), ((silent, english), "None")):
        chosen = choose_recipient(make.customer(*contacts), OwnWords(), make.reminder())
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
    told = make.reminder(channels=("sms", "email"))
    assert choose_recipient(make.customer(make.contact(**contact)), OwnWords(), told) is None


def test_text_from_outside_becomes_one_clean_line() -> None:
    assert one_line("a\r\nb\tc\x00d\u2028e\u202ef  g") == "a b c d ef g"
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
