"""What an ERP may say, and what is refused because it cannot be true or could do harm."""

import json

import pytest

from kulant_contracts.envelope import decode, encode
from kulant_contracts.refusal import Undecodable
from kulant_contracts.registry import EVENTS

INVOICE = "kulant.erp.invoice.issued.v1"
PAYMENT = "kulant.erp.payment.received.v1"
CUSTOMER = "kulant.erp.customer.changed.v1"
CREDITOR = "kulant.erp.creditor.changed.v1"
TENANT = "kulant.erp.tenant.changed.v1"


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def read(golden):
    """Reads the golden example with some of its data changed; None takes a field out."""

    def read(event_type, **changes):
        document = golden(event_type)
        document["data"] |= changes
        return decode(json.dumps(document).encode(), [], EVENTS).data

    return read


def item(item_id="1", amount="1190.00", due_on="2026-03-16", **more):
    return {"item_id": item_id, "due_on": due_on, "amount": eur(amount), **more}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"items": [item(amount="1189.99")]}, "data: items_do_not_sum_to_total", id="sum"),
        pytest.param({"items": []}, "data.items: too_short", id="no items"),
        pytest.param({"items": [item(str(n), "0.00") for n in range(501)]}, "data.items: too_long", id="too many"),
        pytest.param({"items": [item("1", "590.00"), item("1", "600.00")]}, "data: ids_not_distinct", id="same id"),
        pytest.param({"currency": "USD"}, "data: currencies_differ", id="another currency"),
        pytest.param({"currency": "EUX"}, "data.currency: literal_error", id="no currency"),
        pytest.param(
            {"items": [item(discount={"until_on": "2026-03-09", "money": {"amount": "1", "currency": "JPY"}})]},
            "data: currencies_differ",
            id="discount in another currency",
        ),
        pytest.param(
            {"items": [item("1", "-10.00"), item("2", "1200.00")]},
            "data.items.0.amount: amount_negative",
            id="negative item",
        ),
        pytest.param({"total": {"amount": 1190.0, "currency": "EUR"}}, "data.total.amount: string_type", id="float"),
        pytest.param({"issued_on": "2026-03-02T00:00:00Z"}, "data.issued_on: date_parsing", id="instant"),
        pytest.param({"issued_on": "20260302"}, "data.issued_on: date_parsing", id="a day in digits"),
        pytest.param({"issued_on": 20260302}, "data.issued_on: date_type", id="a day as number"),
        pytest.param({"issued_on": "0001-01-01"}, "data.issued_on: greater_than_equal", id="long ago"),
        pytest.param({"version": -1}, "data.version: greater_than_equal", id="negative version"),
        pytest.param({"version": 2**63}, "data.version: less_than_equal", id="version out of range"),
        pytest.param({"version": "3"}, "data.version: int_type", id="version as text"),
        pytest.param({"version": True}, "data.version: int_type", id="version as truth"),
        pytest.param({"customer_id": ""}, "data.customer_id: string_too_short", id="empty id"),
        pytest.param({"customer_id": "C\n1"}, "data.customer_id: string_pattern_mismatch", id="id of two lines"),
        pytest.param({"number": "1\r\nBcc: x"}, "data.number: string_pattern_mismatch", id="a mail header smuggled in"),
        pytest.param(
            {"document_url": "javascript:alert(1)"}, "data.document_url: string_pattern_mismatch", id="script as link"
        ),
        pytest.param({"terms_text": "a\x00b"}, "data.terms_text: string_pattern_mismatch", id="no character"),
        pytest.param({"opening": "yes"}, "data.opening: bool_type", id="truth as text"),
        pytest.param(
            {"agreed_interest": {"rate_percent": 9.12}},
            "data.agreed_interest.rate_percent: string_type",
            id="rate as float",
        ),
    ],
)
def test_an_invoice_is_refused_for(read, changes, reason):
    with pytest.raises(Undecodable) as refusal:
        read(INVOICE, **changes)

    assert refusal.value.reason == reason


def test_an_item_must_say_when_it_is_due_or_that_nobody_knows_yet(read):
    unknown = read(INVOICE, items=[item(due_on=None)])
    silent = item()
    del silent["due_on"]

    assert unknown.items[0].due_on is None
    with pytest.raises(Undecodable, match=r"data\.items\.0\.due_on: missing"):
        read(INVOICE, items=[silent])


def test_a_due_day_that_nobody_knows_yet_is_written_as_null(golden):
    document = golden(INVOICE)
    event = decode(json.dumps(document).encode(), [], EVENTS)

    assert json.loads(encode(event.envelope, event.data))["data"]["items"][1] == document["data"]["items"][1]


def test_an_invoice_over_nothing_is_an_invoice(read):
    assert read(INVOICE, total=eur("0.00"), items=[item(amount="0.00")]).total.amount_minor == 0


def test_the_creditor_of_one_who_has_only_one_is_called_main(golden):
    document = golden(INVOICE)
    del document["data"]["creditor_id"]

    assert decode(json.dumps(document).encode(), [], EVENTS).data.creditor_id == "main"


@pytest.mark.parametrize(
    ("event_type", "field", "word", "read_as"),
    [
        (INVOICE, "claim", "rent", "other"),
        (INVOICE, "due_basis", "custom", None),
        (CUSTOMER, "kind", "club", "unknown"),
    ],
)
def test_a_word_that_an_open_enum_does_not_have_yet_reads_as_its_word_for_that(read, event_type, field, word, read_as):
    assert getattr(read(event_type, **{field: word}), field) == read_as


def test_an_enum_is_open_for_words_only(read):
    with pytest.raises(Undecodable, match=r"data\.claim: string_type"):
        read(INVOICE, claim=7)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"money": eur("578.19")}, "data: allocations_exceed_payment", id="more than was received"),
        pytest.param({"money": {"amount": "600", "currency": "JPY"}}, "data: currencies_differ", id="other currency"),
        pytest.param({"money": eur("-1.00")}, "data.money: amount_negative", id="negative"),
        pytest.param(
            {"allocations": [{"invoice_id": "1", "money": eur("0.00")}] * 2_001},
            "data.allocations: too_long",
            id="too many",
        ),
    ],
)
def test_a_payment_is_refused_for(read, changes, reason):
    with pytest.raises(Undecodable) as refusal:
        read(PAYMENT, **changes)

    assert refusal.value.reason == reason


def test_a_payment_may_be_allocated_in_part_or_not_at_all(read):
    assert read(PAYMENT, allocations=[]).allocations == ()
    assert read(PAYMENT, money=eur("578.20")).money.amount_minor == 57820


def test_a_contact_needs_an_address_for_its_channel(read):
    for contact in ({"contact_id": "1", "channel": "email"}, {"contact_id": "1", "channel": "post", "address": "x"}):
        with pytest.raises(Undecodable, match=r"data\.contacts\.0: contact_without_address"):
            read(CUSTOMER, contacts=[contact])


def test_a_contact_of_a_channel_yet_to_come_is_kept(read):
    contact = {"contact_id": "1", "channel": "pigeon", "address": "loft 4", "role": "falconer", "salutation": "mx"}

    read_contact = read(CUSTOMER, contacts=[contact]).contacts[0]

    assert (read_contact.channel, read_contact.role, read_contact.salutation) == ("pigeon", "other", "none")


@pytest.mark.parametrize("profile", [{"": "x"}, {"a\x00": "x"}, {"x" * 61: "x"}, {"a": "\x00"}, {"a": 1}, []])
def test_a_profile_holds_short_texts_only(read, profile):
    with pytest.raises(Undecodable, match=r"data\.profile"):
        read(CUSTOMER, profile=profile)


def test_two_contacts_with_one_id_are_refused(read):
    with pytest.raises(Undecodable, match="data: ids_not_distinct"):
        read(CUSTOMER, contacts=[{"contact_id": "1", "channel": "email", "address": "a@example.com"}] * 2)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "localtime", "", "europe/berlin", "x" * 100])
def test_a_time_zone_must_exist(read, zone):
    with pytest.raises(Undecodable, match=r"data\.time_zone"):
        read(TENANT, time_zone=zone)


def test_a_tenant_is_live_or_in_test_mode_and_nothing_else(read):
    with pytest.raises(Undecodable, match=r"data\.mode: literal_error"):
        read(TENANT, mode="rehearsal")


@pytest.mark.parametrize(
    ("iban", "reason"),
    [("DE89370400440532013001", "iban_checksum"), ("DE89", "iban_malformed"), ("not an iban", "iban_malformed")],
)
def test_an_account_with_a_wrong_number_is_refused(read, iban, reason):
    with pytest.raises(Undecodable, match=rf"data\.bank_accounts\.0\.iban: {reason}"):
        read(CREDITOR, bank_accounts=[{"account_id": "1", "iban": iban, "holder": "H"}])


def test_spaces_in_an_iban_are_taken_out(read):
    account = {"account_id": "1", "iban": "de89 3704 0044 0532 0130 00", "holder": "H"}

    assert read(CREDITOR, bank_accounts=[account]).bank_accounts[0].iban == "DE89370400440532013000"
