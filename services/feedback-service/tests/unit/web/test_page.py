import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from feedback_builders import NOW, REMINDER_ID, a_reminder, an_item
from feedback_memory import Memory
from starlette.testclient import TestClient

from feedback_service.web.page import Doors, page_router
from feedback_service.web.protection import MAX_BODY_BYTES
from kulant_chassis.auth import Tokens
from kulant_chassis.http import create_app
from kulant_chassis.tokens import sign

SECRET = b"a secret of this test"
PATH = f"/r/{sign(SECRET, 'page', REMINDER_ID)}"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}


@pytest.fixture
def store():
    return Memory()


@pytest.fixture
def browser(store):
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
