import pytest

from feedback_service.domain.answer import (
    Channel,
    ChannelPreferred,
    ContactCorrected,
    ContactRefused,
    Postal,
    WrongPerson,
)
from feedback_service.domain.contact import Reached, read_contact
from feedback_service.domain.form import ContactForm, Fault, Flaw

REACHED = Reached(Channel.EMAIL, "k-1")


def told(wish, channel="", address=""):
    return read_contact(ContactForm(wish, channel, address), REACHED, "DE")


def test_a_refusal_is_about_the_way_on_which_the_message_came():
    assert told("refuse") == ContactRefused(Channel.EMAIL)


def test_the_wrong_person_is_wrong_at_the_contact_that_was_reached():
    assert told("wrong_person") == WrongPerson(Channel.EMAIL, "k-1")


def test_another_way_can_be_asked_for():
    assert told("prefer", "sms") == ChannelPreferred(Channel.SMS)


@pytest.mark.parametrize(
    ("channel", "address", "corrected"),
    [
        ("email", " anna@example.org ", ContactCorrected(Channel.EMAIL, "anna@example.org", None, "k-1")),
        ("phone", "+49 (30) 123-45", ContactCorrected(Channel.PHONE, "+49 (30) 123-45")),
        ("sms", "0170 1234567", ContactCorrected(Channel.SMS, "0170 1234567")),
        (
            "post",
            "Anna Müller\nLindenweg 3\n10969 Berlin",
            ContactCorrected(Channel.POST, None, Postal(("Anna Müller", "Lindenweg 3"), "10969", "Berlin", "DE")),
        ),
        (
            "post",
            "1 High Street\nSW1A 1AA London",
            ContactCorrected(Channel.POST, None, Postal(("1 High Street",), "SW1A 1AA", "London", "DE")),
        ),
    ],
)
def test_another_address_can_be_given(channel, address, corrected):
    assert told("correct", channel, address) == corrected


@pytest.mark.parametrize(
    ("form", "flaw"),
    [
        (("", "email"), Flaw("wish", Fault.WISH_MISSING)),
        (("prefer", ""), Flaw("channel", Fault.CHANNEL_MISSING)),
        (("prefer", "pigeon"), Flaw("channel", Fault.CHANNEL_MISSING)),
        (("correct", ""), Flaw("channel", Fault.CHANNEL_MISSING)),
        (("correct", "email", " "), Flaw("address", Fault.ADDRESS_MISSING)),
        (("correct", "email", "anna"), Flaw("address", Fault.ADDRESS_UNREADABLE)),
        (("correct", "email", "a@b@c.de"), Flaw("address", Fault.ADDRESS_UNREADABLE)),
        (("correct", "email", "a@b.de\r\nBcc: x@y.de"), Flaw("address", Fault.ADDRESS_UNREADABLE)),
        (("correct", "email", "a@" + "b" * 260 + ".de"), Flaw("address", Fault.ADDRESS_UNREADABLE)),
        (("correct", "phone", "anna@example.org"), Flaw("address", Fault.ADDRESS_UNREADABLE)),
        (("correct", "post", "Berlin"), Flaw("address", Fault.POSTAL_UNREADABLE)),
        (("correct", "post", "Lindenweg 3\nBerlin"), Flaw("address", Fault.POSTAL_UNREADABLE)),
        (("correct", "post", "Lindenweg 3\nIM WALD Berlin"), Flaw("address", Fault.POSTAL_UNREADABLE)),
        (("correct", "post", "x\n" * 9 + "10969 Berlin"), Flaw("address", Fault.POSTAL_UNREADABLE)),
    ],
)
def test_a_wish_that_nobody_could_act_on_comes_back(form, flaw):
    assert told(*form) == (flaw,)
