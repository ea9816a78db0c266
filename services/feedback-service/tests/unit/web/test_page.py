import io
import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
import structlog
from feedback_builders import NOW, REMINDER_ID, TODAY, a_customer, a_reminder, an_item
from feedback_memory import Memory
from starlette.testclient import TestClient

from feedback_service.domain.standing import CaseTold
from feedback_service.web.page import Doors, page_router
from feedback_service.web.protection import MAX_BODY_BYTES
from kulant_chassis.auth import Tokens
from kulant_chassis.http import create_app
from kulant_chassis.logs import start_logging
from kulant_chassis.tokens import sign

SECRET = b"a secret of this test"
PATH = f"/r/{sign(SECRET, 'page', REMINDER_ID)}"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}


@pytest.fixture
def store():
    return Memory()


@pytest.fixture
def browser(store):
    return visitor(store)


def visitor(store):
    async def is_ready():
        return True

    doors = Doors(SECRET, "https://pay.example", store.reading, store.writing)
    app = create_app("test", [page_router(doors)], tokens=Tokens({}), is_live=lambda: True, is_ready=is_ready)
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def form(browser, kind="promise", **fields):
    """What a browser would send for the form of that kind, with these fields filled in."""
    html = browser.get(PATH).text
    section = next(part for part in html.split("<form ") if f'value="{kind}"' in part)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', section))
    return {name: unescape(value) for name, value in hidden.items()} | fields


def promise(browser, **fields):
    return form(browser, "promise", **{"pay_on": "2026-05-29", "amount": "119.00", **fields})


def post(browser, fields, headers=SAME_ORIGIN, path=PATH):
    return browser.post(path, data=fields, headers=headers)


def test_looking_changes_nothing_and_locks_nothing(browser, store):
    for _ in range(3):
        assert browser.get(PATH).status_code == 200
        assert browser.get(f"{PATH}?answer={UUID(int=1)}").status_code == 200
        assert browser.head(PATH).status_code == 200

    assert set(store.opened) == {"reading"}
    assert store.recorded == store.locked == []


def test_a_promise_is_recorded_before_it_is_answered_and_then_shown(browser, store):
    answer = post(browser, promise(browser))

    assert answer.status_code == 303
    assert len(store.recorded) == 1
    shown = browser.get(answer.headers["location"]).text
    assert "Thank you, we have recorded your answer" in shown
    assert "You will pay €119.00 on 29 May 2026." in shown


def test_a_payment_is_recorded_and_then_shown(browser, store):
    answer = post(browser, form(browser, "paid", paid_on="2026-05-20", method="card"))

    shown = browser.get(answer.headers["location"]).text
    assert "You paid €119.00 on 20 May 2026 (Card)." in shown


def test_the_same_form_twice_is_answered_alike_and_recorded_once(browser, store):
    fields = promise(browser)

    first, second = post(browser, fields), post(browser, fields)

    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert len(store.recorded) == 1


def test_two_forms_are_two_answers(browser, store):
    post(browser, promise(browser))
    post(browser, promise(browser))

    assert len(store.recorded) == 2


def test_flaws_come_back_with_the_words_that_were_typed(browser, store):
    answer = post(browser, promise(browser, pay_on="2031-01-01", amount="1000000"))

    assert answer.status_code == 422
    assert store.recorded == []
    assert "Please check your answer" in answer.text
    assert 'value="2031-01-01"' in answer.text
    assert 'value="1000000"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert '<details class="answer" name="answer-EUR" open>' in answer.text


@pytest.mark.parametrize(
    "once", ["", "x", sign(SECRET, "page", REMINDER_ID), sign(b"another", f"answer {REMINDER_ID}", UUID(int=1))]
)
def test_a_form_without_our_own_id_records_nothing(browser, store, once):
    assert post(browser, promise(browser, once=once)).status_code == 422
    assert store.recorded == []


def test_a_forms_id_is_good_on_its_own_page_only(browser, store):
    other = UUID(int=77)
    store.reminders[other] = a_reminder(reminder_id=other)

    assert post(browser, promise(browser), path=f"/r/{sign(SECRET, 'page', other)}").status_code == 422
    assert store.recorded == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 303, id="our own page"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a sister site"),
        pytest.param({"Sec-Fetch-Site": "none"}, 403, id="from nowhere"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="old browser, another site"),
        pytest.param({"Origin": "null"}, 303, id="old browser, no referrer"),
        pytest.param({"Origin": "https://pay.example"}, 303, id="old browser, public address"),
        pytest.param({"Origin": "http://testserver"}, 303, id="old browser, same host"),
        pytest.param({}, 303, id="no browser"),
    ],
)
def test_other_sites_cannot_answer_for_the_customer(browser, store, headers, status):
    assert post(browser, promise(browser), headers).status_code == status
    assert len(store.recorded) == (status == 303)


def test_only_forms_of_a_sensible_size_are_read(browser, store):
    fields = promise(browser)

    assert post(browser, fields | {"amount": "9" * MAX_BODY_BYTES}).status_code == 413
    assert browser.post(PATH, json=fields, headers=SAME_ORIGIN).status_code == 415
    assert browser.post(PATH, files={"answer": b"promise"}, headers=SAME_ORIGIN).status_code == 415
    assert store.recorded == []


def test_posting_without_end_is_stopped(browser):
    fields = promise(browser, pay_on="")

    statuses = [post(browser, fields).status_code for _ in range(31)]

    assert statuses == [422] * 30 + [429]


@pytest.mark.parametrize("token", ["x", "A" * 43, "../" * 3, sign(b"another secret", "page", REMINDER_ID), "ü"])
def test_a_link_that_is_not_ours_finds_nothing_and_asks_nobody(browser, store, token):
    for answer in (browser.get(f"/r/{token}"), post(browser, {}, path=f"/r/{token}")):
        assert answer.status_code == 404
    assert store.opened == []


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param({"is_revoked": True}, id="revoked"),
        pytest.param({"not_before_at": NOW - timedelta(days=90)}, id="expired"),
    ],
)
def test_a_link_out_of_use_says_so_and_nothing_else(browser, store, closed):
    fields = promise(browser)
    store.reminders[REMINDER_ID] = a_reminder(**closed)

    shown, posted = browser.get(PATH), post(browser, fields)

    assert shown.status_code == posted.status_code == 410
    assert shown.text == posted.text
    assert "Lindenhof" not in shown.text
    assert store.recorded == []


def test_a_link_that_is_quicker_than_our_own_facts_asks_for_a_moment(browser, store):
    store.reminders.clear()

    answer = browser.get(PATH)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "One moment" in answer.text


def test_an_answer_to_a_debt_settled_meanwhile_leads_to_the_thank_you_page(browser, store):
    fields = promise(browser)
    store.items = [an_item(open_minor=0, state="settled")]

    answer = post(browser, fields)

    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert store.recorded == []
    assert "Thank you, nothing is due" in browser.get(PATH).text


def test_someone_elses_answer_is_not_shown(browser, store):
    shown = browser.get(f"{PATH}?answer={UUID(int=5)}").text

    assert "recorded your answer" not in shown


def test_trouble_in_the_database_is_told_kindly(browser, store):
    async def away(tenant):
        raise OSError

    store.now = away

    answer = browser.get(PATH)

    assert answer.status_code == 503
    assert "One moment" in answer.text


@pytest.mark.parametrize("path", [PATH, "/r/x"])
def test_every_answer_keeps_itself_to_itself(browser, path):
    headers = browser.get(path).headers

    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy


def test_redirects_are_not_kept_either(browser):
    answer = post(browser, promise(browser))

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("query", "reminder", "customer", "language"),
    [
        pytest.param("", None, None, "en", id="nobody says"),
        pytest.param("", "de-AT", "en", "de", id="the message's"),
        pytest.param("", None, "de", "de", id="the customer's"),
        pytest.param("", "fr", "de", "de", id="one that the page does not speak"),
        pytest.param("?lang=en", "de", "de", "en", id="what the visitor chose"),
        pytest.param("?lang=xx", "de", "en", "de", id="what nobody speaks"),
    ],
)
def test_the_page_speaks_the_customers_language(browser, store, query, reminder, customer, language):
    store.reminders[REMINDER_ID] = a_reminder(language=reminder)
    store.customers = [a_customer(language=customer)]

    answer = browser.get(PATH + query)

    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language


def test_the_language_that_was_chosen_stays_through_an_answer(browser, store):
    action = re.search(r'<form method="post" action="([^"]*)"', browser.get(f"{PATH}?lang=de").text)[1]

    answer = post(browser, promise(browser), path=action)

    assert answer.headers["location"].endswith("&lang=de")
    assert "Sie zahlen am 29. Mai 2026" in browser.get(answer.headers["location"]).text


def test_a_page_without_content_speaks_what_the_browser_asks_for(browser):
    answer = browser.get("/r/x", headers={"Accept-Language": "fr;q=0.9, de-CH;q=0.8, en;q=0.7"})

    assert "Diese Seite finden wir nicht" in answer.text


@pytest.mark.parametrize("kind", ["paid", "promise", "wrong", "question", "copy", "time", "contact", "represented"])
def test_every_form_is_safe_against_replay_and_other_sites(browser, store, kind):
    fields = form(browser, kind) | {
        "paid_on": "2026-05-20", "pay_on": "2026-05-29", "reason": "defective", "words": "Why?", "wish": "hardship",
    }  # fmt: skip
    fields |= {"wish": "refuse"} if kind == "contact" else {}

    assert post(browser, fields, {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert post(browser, fields | {"once": "x"}).status_code == 422
    assert store.recorded == []
    assert [post(browser, fields).status_code for _ in range(2)] == [303, 303]
    assert len(store.recorded) == 1


def test_looking_without_end_is_stopped(monkeypatch, store):
    monkeypatch.setattr("feedback_service.web.page.MOST_VIEWS", 3)

    browser = visitor(store)

    assert [browser.head(PATH).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_an_erased_customer_gets_an_empty_page_and_no_forms(browser, store):
    fields = promise(browser)
    store.customers = [a_customer(erased_on=TODAY, name="")]

    shown = browser.get(PATH)

    assert shown.status_code == 410
    assert "<form" not in shown.text
    assert post(browser, fields).status_code == 303
    assert store.recorded == []


def test_a_handed_over_case_takes_questions_only(browser, store):
    paid, question = promise(browser), form(browser, "question", words="Why?")
    store.cases["case-1"] = CaseTold("acme", "case-1", "c-1", "main", 3, NOW, "handed_over", "Kanzlei Krull")

    assert post(browser, paid).headers["location"] == PATH
    assert store.recorded == []
    assert post(browser, question).status_code == 303
    assert [answer.quote for answer in store.recorded] == ["Why?"]


@pytest.fixture
def log():
    """What a process would log, with all processors of its own."""
    written = io.StringIO()
    start_logging("feedback-service", "DEBUG")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written), cache_logger_on_first_use=False)
    yield written
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_the_links_token_is_in_no_log(browser, store, log):
    token = PATH.rpartition("/")[2]

    async def broken(tenant):
        raise RuntimeError(token)

    post(browser, promise(browser))
    store.now = broken
    assert browser.get(PATH).status_code == 500

    assert "a request failed" in log.getvalue()
    assert token not in log.getvalue()
