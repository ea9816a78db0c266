import base64
import hashlib
import re
from html.parser import HTMLParser
from uuid import UUID

import pytest
from feedback_builders import a_claim, a_creditor, a_customer, a_page, a_promise, a_reminder, an_answer, an_item

from feedback_service.domain.form import Fault, Flaw, PaymentForm, PromiseForm
from feedback_service.domain.party import BankAccount
from feedback_service.web.notices import CLOSED, NOT_READY, UNKNOWN
from feedback_service.web.render import Renderer
from feedback_service.web.view import page_view, refused_view

RENDERER = Renderer()
VOID = {"meta", "input", "br", "link", "hr", "img"}


class Outline(HTMLParser):
    """The elements of a page, and whether they are nested as they should be."""

    def __init__(self, html):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def rendered(view):
    return RENDERER.page(view, action="/r/token", new_nonce=lambda: "nonce", status=200).body.decode()


def text_of(html):
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


TWO = a_page(an_item(), an_item("RE-2", 2_480))
FLAWED = refused_view(
    TWO, PaymentForm("EUR", "x"), (Flaw("paid_on", Fault.DAY_UNREADABLE), Flaw("item", Fault.ITEMS_MISSING))
)
ANSWERED = a_page(answers=(an_answer(), an_answer(a_claim(), answer_id=UUID(int=3))))
STATES = [
    pytest.param(page_view(a_page()), id="one invoice"),
    pytest.param(page_view(TWO), id="two invoices"),
    pytest.param(page_view(a_page(an_item(), an_item("CH", currency="CHF"))), id="two currencies"),
    pytest.param(FLAWED, id="payment with flaws"),
    pytest.param(
        refused_view(
            TWO, PromiseForm("EUR", "", "0"), (Flaw("pay_on", Fault.DAY_MISSING), Flaw("amount", Fault.AMOUNT_ZERO))
        ),
        id="promise with flaws",
    ),
    pytest.param(page_view(ANSWERED, recorded=ANSWERED.answers[0]), id="recorded"),
    pytest.param(page_view(a_page(an_item(open_minor=0))), id="nothing due"),
    pytest.param(
        page_view(a_page(creditor=a_creditor(accounts=(), phone=None, email=None), customer=None)), id="sparse"
    ),
]


@pytest.mark.parametrize("view", STATES)
def test_the_page_is_sound_and_can_be_used_by_everybody(view):
    html = rendered(view)
    outline = Outline(html)
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]

    assert html.startswith("<!doctype html>")
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("h1")) == len(outline.all("main")) == len(outline.all("title")) == 1
    assert outline.all("footer")
    assert len(ids) == len(set(ids))
    for label in outline.all("label"):
        assert label.get("class") == "choice" or label["for"] in ids
    for field in outline.all("input") + outline.all("select"):
        is_named = field.get("type") in {"hidden", "checkbox"} or field["id"] in {
            one.get("for") for one in outline.all("label")
        }
        assert is_named
        for described in field.get("aria-describedby", "").split():
            assert described in ids
    for link in outline.all("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids
    for element in outline.all("section"):
        assert element["aria-labelledby"] in ids


@pytest.mark.parametrize("view", STATES)
def test_the_page_needs_no_script_and_asks_nobody_else(view):
    outline = Outline(rendered(view))

    assert not {"script", "img", "link", "iframe", "object", "embed", "base"} & {tag for tag, _ in outline.elements}
    for _, attributes in outline.elements:
        assert not {"style", "src", "srcset"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)


def test_the_style_sheet_is_the_one_that_the_policy_allows():
    answer = RENDERER.notice(UNKNOWN)
    sheet = re.search(r"<style>(.*?)</style>", answer.body.decode(), re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()

    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


def test_the_page_says_what_is_owed_as_of_when_and_how_to_pay():
    text = text_of(rendered(page_view(a_page(an_item(), an_item("RE-2", 84_350, amount_minor=124_350)))))

    for said in (
        "Lindenhof Werkstätten GmbH", "For Café Morgenrot GbR", "Open now €962.50",
        "As of 21 May 2026 , 14:05 (Central European Summer Time)", "our message of 19 May 2026",
        "RE-2026-0412", "14 Apr 2026", "14 May 2026", "€119.00", "7 days ago", "€843.50 of €1,243.50",
        "Account holder Lindenhof Werkstätten GmbH", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX",
        "Reference RE-2, RE-2026-0412", "I have paid", "I will pay on …", "From today until 20 June 2026",
        "Jana Sommer, Accounts", "HRB 12345", "VAT ID DE136695976", "Dr. Mara Lindner, Tom Winter",
        "Lindenstraße 12 10969 Berlin Germany", "The link ends on 17 August 2026",
    ):  # fmt: skip
        assert re.sub(r"\s+", " ", said) in text, said


@pytest.mark.parametrize(
    ("currency", "amount_minor", "shown"),
    [
        ("EUR", 123_456_789, "€1,234,567.89"),
        ("JPY", 11_900, "JP¥11,900"),
        ("KWD", 119_500, "KWD 119.500"),
        ("CHF", 5, "CHF 0.05"),
    ],
)
def test_amounts_have_their_currencys_own_decimals(currency, amount_minor, shown):
    html = rendered(page_view(a_page(an_item(open_minor=amount_minor, currency=currency))))

    assert shown in html.replace("\N{NO-BREAK SPACE}", " ")


def test_each_currency_has_a_sum_an_account_and_forms_of_its_own():
    francs = BankAccount("f", "CH9300762011623852957", "Lindenhof", currency="CHF")
    euros = BankAccount("e", "DE89370400440532013000", "Lindenhof", currency="EUR")
    page = a_page(an_item(), an_item("CH-1", 5_000, currency="CHF"), creditor=a_creditor(accounts=(francs, euros)))
    html = rendered(page_view(page))

    assert html.count("Pay by bank transfer") == 2
    assert html.count('name="currency" value="CHF"') == html.count('name="currency" value="EUR"') == 2
    assert html.index("CH93") < html.index("DE89")


HOSTILE = "\"><script>alert('x')</script>{{ 7*7 }}&amp;<img src=x onerror=y>"


def test_hostile_names_stay_text():
    creditor = a_creditor(
        legal_name=HOSTILE, address_lines=(HOSTILE,), register=HOSTILE, directors=(HOSTILE,), vat_id=HOSTILE,
        contact_name=HOSTILE, phone=HOSTILE, email=HOSTILE, url="javascript:alert(1)", imprint_url="data:text/html,x",
        accounts=(BankAccount("a", "DE89370400440532013000", HOSTILE, None, HOSTILE),),
    )  # fmt: skip
    items = (an_item(HOSTILE, reference=HOSTILE), an_item(HOSTILE, item_id=HOSTILE))
    page = a_page(*items, creditor=creditor, customer=a_customer(name=HOSTILE), reminder=a_reminder())
    form = PaymentForm("EUR", HOSTILE, (HOSTILE,), HOSTILE)
    outline = Outline(rendered(refused_view(page, form, (Flaw("paid_on", Fault.DAY_UNREADABLE),))))

    assert not {"script", "img"} & {tag for tag, _ in outline.elements}
    assert not [link for link in outline.all("a") if link["href"].startswith(("javascript:", "data:"))]
    assert HOSTILE in [field.get("value") for field in outline.all("input")]


def test_a_person_is_not_named_to_whoever_holds_the_link():
    text = text_of(rendered(page_view(a_page(customer=a_customer(kind="consumer", name="Erika Mustermann")))))

    assert "E. M." in text
    assert "Mustermann" not in text


def test_a_recorded_answer_says_what_was_recorded_and_what_happens_next():
    text = text_of(rendered(page_view(ANSWERED, recorded=ANSWERED.answers[0])))

    assert "You will pay €119.00 on 29 May 2026." in text
    assert "Recorded on 21 May 2026, 14:05" in text
    assert "do not remind you of this amount until 29 May 2026" in text
    assert text.count("You paid €119.00 on 20 May 2026.") == 1


def test_a_promise_that_decisions_rest_on_is_shown_as_agreed():
    assert "Agreed" in text_of(rendered(page_view(a_page(answers=(an_answer(a_promise(), is_taken_up=True),)))))


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_told_in_words(fault):
    html = rendered(refused_view(TWO, PaymentForm("EUR"), (Flaw("paid_on", fault),)))

    assert text_of(html).count(".") > 1
    assert 'id="paid-on-EUR-fault"' in html


@pytest.mark.parametrize("notice", [UNKNOWN, CLOSED, NOT_READY])
def test_pages_without_content_tell_nothing_about_anybody(notice):
    outline = Outline(RENDERER.notice(notice).body.decode())

    assert len(outline.all("h1")) == 1
    assert outline.all("form") == []
