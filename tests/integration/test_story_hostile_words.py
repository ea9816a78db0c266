"""Words of an ERP and of a customer that want to be more than words: in mails, on the page, in headers and in logs."""

import email
import json
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kulant_cli import fiction
from kulant_cli.facts import creditor_changed, invoice_issued
from kulant_contracts.envelope import EventData
from kulant_contracts.response import ResponseQuestionAskedV1
from tests.integration.story import REMINDED_AT, Story

MARK = "evil-words"
MARKUP = (
    f'{MARK}"><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b>{{{{7*7}}}}${{7*7}}%0d%0aX-{MARK}: 1\u2028'
)
HOSTILE = (
    f"{MARKUP}\r\nBcc: {MARK}@evil.example\r\n\r\n<script>alert(2)</script>",
    MARKUP,
    MARKUP.replace("\u2028", ""),
    f"<script>{MARK}</script>",
    f"javascript:alert('{MARK}')",
    f"https://evil.example/{MARK}?a=%22%3E%3Cscript%3E",
)
NAMED = ("_id", "currency", "time_zone", "address", "email", "iban", "language", "country", "region", "kind")
"""What has to stay so that there is a mail at all: ids, places, and where it goes."""
OWN_HEADERS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Language", "Content-Type",
    "Auto-Submitted", "X-Auto-Response-Suppress", "X-Kulant-Reminder", "X-Kulant-Delivery",
}  # fmt: skip


def poisoned(data: EventData) -> tuple[EventData, int]:
    """The fact with the worst words that its contract takes in every text that is free, and in how many."""
    whole = data.model_dump(mode="json", exclude_none=True)
    count = 0
    for holder, name in list(texts(whole)):
        kept = holder[name]
        for words in HOSTILE:
            holder[name] = words
            try:
                type(data).model_validate(whole)
            except ValidationError:
                holder[name] = kept
            else:
                count += 1
                break
    return type(data).model_validate(whole), count


def texts(part: Any) -> Any:
    """Each text, by what holds it and under which name."""
    if isinstance(part, dict | list):
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            if isinstance(value, str) and not str(name).endswith(NAMED):
                yield part, name
            else:
                yield from texts(value)


class Outline(HTMLParser):
    """The elements of a page and what could run or load in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    @property
    def is_harmless(self) -> bool:
        runs = [name for name, _ in self.attributes if name.startswith("on")]
        leads = [value for name, value in self.attributes if name in ("href", "src", "action")]
        return (
            "script" not in self.tags
            and not runs
            and not any(lead.startswith(("javascript:", "data:text")) for lead in leads)
        )


def logged(story: Story) -> list[str]:
    """Every line that a service has written so far."""
    folder = Path(story.system.servers.state) / "logs"
    services = ("invoice-service", "dunning-engine", "notifier", "feedback-service")
    files = [file for file in folder.glob("*.log") if file.name.startswith(services)]
    return [line for file in files for line in file.read_text().splitlines()]


async def test_whatever_words_are_said_they_stay_words_in_mail_page_header_and_log(story):
    invoice = story.invoice()
    creditor, in_creditor = poisoned(creditor_changed(fiction.CREDITOR).model_copy(update={"version": 2}))
    customer, in_customer = poisoned(story.customer())
    issued, in_invoice = poisoned(invoice_issued(invoice))
    await story.say(creditor, customer, issued)
    await story.settle()
    await story.day(REMINDED_AT)
    (letter,) = story.letters()
    page = await story.doors.visit(letter.links[0])
    await story.answer(letter, "question", words=HOSTILE[0])
    await story.settle()
    answered = await story.doors.visit(letter.links[0])

    assert min(in_creditor, in_customer, in_invoice) >= 2, "the contracts took hardly any of it"
    for mail in (await story.evidence()).mails:
        parsed = email.message_from_bytes(mail.content, policy=default)
        assert set(parsed.keys()) <= OWN_HEADERS
        assert mail.recipients == (story.address(),)
    assert MARK in letter.text
    assert "{{7*7}}" in letter.text
    for html in (page, answered, *(letter.html for letter in story.letters())):
        assert MARK in html
        assert Outline(html).is_harmless
    (question,) = await story.events(ResponseQuestionAskedV1)
    assert MARK in question.data.quote
    lines = logged(story)
    assert all(isinstance(json.loads(line), dict) for line in lines if line)
    assert not [line for line in lines if MARK in line]
