import base64
import hashlib
import re
from datetime import date
from html.parser import HTMLParser
from uuid import UUID

import pytest
from feedback_builders import (
    KEY,
    NOW,
    TODAY,
    a_claim,
    a_creditor,
    a_customer,
    a_message,
    a_page,
    a_promise,
    a_reminder,
    an_answer,
    an_item,
)

from feedback_service.domain import answer as said
from feedback_service.domain.answer import Channel, Money, Outcome, PaymentMethod, Reason
from feedback_service.domain.form import (
    ContactForm,
    DisputeForm,
    Fault,
    Flaw,
    PaymentForm,
    PromiseForm,
    QuestionForm,
    RatingForm,
    TimeForm,
)
from feedback_service.domain.party import BankAccount
from feedback_service.domain.standing import CaseTold, Credit, Hold
from feedback_service.web.forms import anchor
from feedback_service.web.notices import (
    CLOSED,
    FOREIGN,
    NOT_A_FORM,
    NOT_READY,
    TOO_LARGE,
    TOO_MANY,
    UNKNOWN,
    stale_form,
)
from feedback_service.web.render import Place, Renderer
from feedback_service.web.tongue import ENGLISH, GERMAN
from feedback_service.web.view import erased_view, page_view, refused_view

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


PLACE = Place("/r/token", "/r/token?lang=xx", "xx")


def rendered(page, tongue=ENGLISH, **changes):
    return html_of(page_view(page, tongue, **changes), tongue)


def html_of(view, tongue=ENGLISH):
    return RENDERER.page(view, tongue, place=PLACE, new_nonce=lambda: "nonce", status=200).body.decode()


def text_of(html):
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


TWO = a_page(an_item(), an_item("RE-2", 2_480))
ANSWERED = a_page(answers=(an_answer(), an_answer(a_claim(), answer_id=UUID(int=3))))
HANDED = CaseTold("acme", "case-1", "c-1", "main", 9, NOW, "handed_over", "Kanzlei Recht & Partner")
CREDIT = Credit("acme", "c-1", "main", "EUR", 2_000, 1)
HOLD = Hold("acme", "c-1", "erp", "h-1", 1, True, "customer", "manual", until_on=date(2026, 6, 1))
EVERY_ANSWER = tuple(
    an_answer(statement, answer_id=UUID(int=number), quote="Because I said so.\nTwice.")
    for number, statement in enumerate(
        [
            a_claim(method=PaymentMethod.CARD), a_promise(), said.Disputed((said.Part(KEY),), Reason.DEFECTIVE),
            said.Disputed((said.Part(KEY, Money(100, "EUR")),), Reason.OTHER), said.QuestionAsked(),
            said.DocumentRequested(), said.ExtensionRequested(TODAY), said.PlanRequested(), said.HardshipSignalled(),
            said.ContactRefused(Channel.EMAIL), said.ContactCorrected(Channel.SMS, "0170 1"),
            said.WrongPerson(Channel.EMAIL), said.Represented("Dr. Krull"), said.ChannelPreferred(Channel.POST),
            said.Rated(4),
        ]
    )
)  # fmt: skip
EVERY_MESSAGE = tuple(
    a_message(stage_code=key.removeprefix("message_"), reminder_id=UUID(int=number), kind="service")
    for number, key in enumerate(key for key in ENGLISH.words if key.startswith("message_"))
)
FLAWED = [
    (PaymentForm("EUR", "x"), (Flaw("paid_on", Fault.DAY_UNREADABLE), Flaw("item", Fault.ITEMS_MISSING))),
    (PromiseForm("EUR", "", "0"), (Flaw("pay_on", Fault.DAY_MISSING), Flaw("amount", Fault.AMOUNT_ZERO))),
    (DisputeForm(), (Flaw("reason", Fault.REASON_MISSING), Flaw("item", Fault.ITEMS_MISSING))),
    (DisputeForm("", "other"), (Flaw("words", Fault.WORDS_MISSING), Flaw("amount", Fault.AMOUNT_ZERO))),
    (QuestionForm(), (Flaw("words", Fault.WORDS_MISSING),)),
    (TimeForm(), (Flaw("wish", Fault.WISH_MISSING),)),
    (TimeForm("extension"), (Flaw("until", Fault.DAY_MISSING),)),
    (ContactForm(), (Flaw("wish", Fault.WISH_MISSING),)),
    (ContactForm("correct"), (Flaw("channel", Fault.CHANNEL_MISSING), Flaw("address", Fault.ADDRESS_MISSING))),
    (RatingForm(), (Flaw("stars", Fault.STARS_MISSING),)),
]
PAGES = {
    "one invoice": (a_page(), {}),
    "two invoices": (TWO, {}),
    "two currencies": (a_page(an_item(), an_item("CH", currency="CHF")), {}),
    "recorded": (ANSWERED, {"recorded": ANSWERED.answers[0]}),
    "everything said": (a_page(an_item(), an_item("RE-2", 2_480), answers=EVERY_ANSWER, messages=EVERY_MESSAGE), {}),
    "credit": (a_page(credits=(CREDIT,)), {}),
    "held": (a_page(holds=(HOLD,)), {}),
    "nothing due": (a_page(an_item(open_minor=0)), {}),
    "handed over": (a_page(case=HANDED), {}),
    "sparse": (a_page(creditor=a_creditor(accounts=(), phone=None, email=None), customer=None, messages=()), {}),
}
STATES = [
    pytest.param(tongue, html, id=f"{tongue.code}-{name}")
    for tongue in (ENGLISH, GERMAN)
    for name, html in [
        *((name, rendered(page, tongue, **changes)) for name, (page, changes) in PAGES.items()),
        *(
            (f"{type(form).__name__} with flaws {number}", html_of(refused_view(TWO, tongue, form, flaws), tongue))
            for number, (form, flaws) in enumerate(FLAWED)
        ),
    ]
]


@pytest.mark.parametrize(("tongue", "html"), STATES)
def test_the_page_is_sound_and_can_be_used_by_everybody(tongue, html):
    outline = Outline(html)
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]

    assert html.startswith("<!doctype html>")
    assert outline.all("html") == [{"lang": tongue.code}]
    assert len(outline.all("h1")) == len(outline.all("main")) == len(outline.all("title")) == 1
    assert outline.all("footer")
    assert len(ids) == len(set(ids))
    for label in outline.all("label"):
        assert label.get("class") in {"choice", "star"} or label["for"] in ids
    for field in outline.all("input") + outline.all("select") + outline.all("textarea"):
        is_named = field.get("type") in {"hidden", "checkbox", "radio"} or field["id"] in {
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


@pytest.mark.parametrize(("tongue", "html"), STATES)
def test_the_page_needs_no_script_and_asks_nobody_else(tongue, html):
    outline = Outline(html)

    assert not {"script", "img", "link", "iframe", "object", "embed", "base"} & {tag for tag, _ in outline.elements}
    for _, attributes in outline.elements:
        assert not {"style", "src", "srcset"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)


@pytest.mark.parametrize(("tongue", "html"), STATES)
def test_no_word_of_the_page_is_left_unsaid(tongue, html):
    text = text_of(html)

    assert not re.search(r"[{}]|\bNone\b|\bsay\(", text)


@pytest.mark.parametrize("number", range(len(FLAWED)))
def test_a_form_with_flaws_stands_open_and_each_fault_is_linked_to_its_field(number):
    form, flaws = FLAWED[number]
    html = html_of(refused_view(TWO, ENGLISH, form, flaws))
    outline = Outline(html)

    assert html.count('class="fault"') == len(flaws)
    assert html.count('aria-invalid="true"') == len(flaws)
    assert isinstance(form, RatingForm) or sum("open" in one for one in outline.all("details")) == 1
    for flaw in flaws:
        assert f'href="#{anchor(form, flaw.field)}"' in html


def test_both_languages_say_the_same_things_with_the_same_values():
    assert ENGLISH.words.keys() == GERMAN.words.keys()
    for key, words in ENGLISH.words.items():
        assert set(re.findall(r"{(\w+)}", words)) == set(re.findall(r"{(\w+)}", GERMAN.words[key])), key


def test_the_style_sheet_is_the_one_that_the_policy_allows():
    answer = RENDERER.notice(UNKNOWN, ENGLISH)
    sheet = re.search(r"<style>(.*?)</style>", answer.body.decode(), re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()

    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


NOTICES = [UNKNOWN, CLOSED, NOT_READY, FOREIGN, TOO_LARGE, NOT_A_FORM, TOO_MANY, stale_form("/r/x")]


def test_the_page_says_what_is_owed_as_of_when_and_how_to_pay():
    text = text_of(rendered(a_page(an_item(), an_item("RE-2", 84_350, amount_minor=124_350))))

    for words in (
        "Lindenhof Werkstätten GmbH", "For Café Morgenrot GbR", "Open now €962.50",
        "As of 21 May 2026, 14:05 (Central European Summer Time)", "our message of 19 May 2026",
        "RE-2026-0412", "14 Apr 2026", "14 May 2026", "€119.00", "7 days ago", "€843.50 of €1,243.50",
        "Account holder Lindenhof Werkstätten GmbH", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX",
        "Reference RE-2, RE-2026-0412", "I have paid", "I will pay on …", "From today until 20 June 2026",
        "Jana Sommer, Accounts", "HRB 12345", "VAT ID DE136695976", "Dr. Mara Lindner, Tom Winter",
        "Lindenstraße 12 10969 Berlin Germany", "The link ends on 17 August 2026",
    ):  # fmt: skip
        assert re.sub(r"\s+", " ", words) in text, words


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
    html = rendered(a_page(an_item(open_minor=amount_minor, currency=currency)))

    assert shown in html.replace("\N{NO-BREAK SPACE}", " ")


def test_each_currency_has_a_sum_an_account_and_forms_of_its_own():
    francs = BankAccount("f", "CH9300762011623852957", "Lindenhof", currency="CHF")
    euros = BankAccount("e", "DE89370400440532013000", "Lindenhof", currency="EUR")
    page = a_page(an_item(), an_item("CH-1", 5_000, currency="CHF"), creditor=a_creditor(accounts=(francs, euros)))
    html = rendered(page)

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
    form = QuestionForm(HOSTILE, HOSTILE)
    outline = Outline(html_of(refused_view(page, ENGLISH, form, (Flaw("words", Fault.WORDS_MISSING),))))

    assert not {"script", "img"} & {tag for tag, _ in outline.elements}
    assert not [link for link in outline.all("a") if link["href"].startswith(("javascript:", "data:"))]


def test_a_person_is_not_named_to_whoever_holds_the_link():
    text = text_of(rendered(a_page(customer=a_customer(kind="consumer", name="Erika Mustermann"))))

    assert "E. M." in text
    assert "Mustermann" not in text


def test_a_recorded_answer_says_what_was_recorded_and_what_happens_next():
    text = text_of(rendered(ANSWERED, recorded=ANSWERED.answers[0]))

    assert "You will pay €119.00 on 29 May 2026." in text
    assert "Recorded on 21 May 2026, 14:05" in text
    assert "do not remind you of this amount until 29 May 2026" in text
    assert text.count("You paid €119.00 on 20 May 2026.") == 1


def test_a_promise_that_decisions_rest_on_is_shown_as_agreed():
    assert "Agreed" in text_of(rendered(a_page(answers=(an_answer(a_promise(), outcome=Outcome.TAKEN_UP),))))


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_told_in_words(fault):
    html = html_of(refused_view(TWO, ENGLISH, PaymentForm("EUR"), (Flaw("paid_on", fault, TODAY, 100),)))

    assert text_of(html).count(".") > 1
    assert 'id="paid-paid-on-EUR-fault"' in html


@pytest.mark.parametrize("tongue", [ENGLISH, GERMAN])
@pytest.mark.parametrize("notice", NOTICES)
def test_pages_without_content_tell_nothing_about_anybody(notice, tongue):
    outline = Outline(RENDERER.notice(notice, tongue).body.decode())

    assert len(outline.all("h1")) == 1
    assert outline.all("form") == []


def test_the_page_of_somebody_erased_names_nobody_and_asks_nothing():
    page = a_page(customer=a_customer(erased_on=TODAY, name=""), messages=())
    answer = RENDERER.erased(erased_view(page, GERMAN), GERMAN)
    outline = Outline(answer.body.decode())

    assert answer.status_code == 410
    assert outline.all("form") == []
    assert "am 21. Mai 2026 gelöscht" in text_of(answer.body.decode())


def test_a_handed_over_case_names_who_has_it_and_takes_questions_only():
    html = rendered(a_page(case=HANDED), GERMAN)

    assert "Diese Sache liegt jetzt bei Kanzlei Recht &amp; Partner" in html
    assert re.findall(r'name="answer" value="(\w+)"', html) == ["question"]
    assert "IBAN" not in html


def test_the_customers_credit_makes_what_is_left_to_pay_less():
    text = text_of(rendered(a_page(credits=(CREDIT,))))

    for shown in ("Left to pay €99.00", "Total €119.00", "Your credit with us −€20.00", "Amount €99.00"):
        assert shown in text, shown


def test_what_rests_is_told_with_its_reason_and_day():
    text = text_of(rendered(a_page(answers=(an_answer(a_promise(5_000)),))))

    assert "€50.00, until 29 May 2026: you have promised to pay." in text
    assert "Please pay by 28 May 2026." in text
    assert "we will write to you again, not before 2 June 2026" in text


def test_nothing_is_announced_while_all_of_it_is_answered():
    text = text_of(rendered(a_page(answers=(an_answer(),))))

    assert "Nothing for now" in text
    assert "write to you again" not in text


def test_every_message_so_far_is_listed_and_what_it_asked_for():
    reply = a_message(reminder_id=UUID(int=8), kind="service", stage_code="promise_noted")
    text = text_of(rendered(a_page(messages=(reply, a_message())), GERMAN))

    assert "Bestätigung Ihrer Zusage 19. Mai 2026 · E-Mail" in text
    assert "Freundliche Erinnerung , über 119,00 € 19. Mai 2026 · E-Mail" in text.replace("\xa0", " ")


def test_a_rating_is_asked_for_after_an_answer_and_not_before_and_once():
    rated = an_answer(said.Rated(5), answer_id=UUID(int=9))
    both = a_page(answers=(an_answer(), rated))

    assert 'value="rating"' in rendered(ANSWERED, recorded=ANSWERED.answers[0])
    assert 'value="rating"' not in rendered(ANSWERED)
    assert 'value="rating"' not in rendered(both, recorded=both.answers[0])
