"""What a mail says and shows; golden files hold whole texts so that a change is seen in review."""

import base64
import re
import struct
import zlib
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import notifier_builders as make
import pytest
import zxingcpp

from notifier.domain.amount import Amount
from notifier.domain.epc import Reference, epc_payload
from notifier.domain.letter import Letter
from notifier.domain.party import PaymentTerms
from notifier.domain.reminder import Cost, Credit, NextStep
from notifier.gateways.qr import qr_png
from notifier.gateways.rendering import MailRenderer, Sender

GOLDEN = Path(__file__).parent / "golden"
RENDERER = MailRenderer(Sender("reminders@kulant.example"))


def several() -> Letter:
    lines = (
        make.line("R-2026-0117"),
        make.line("R-2026-0131", open=make.eur(1380_40), amount=make.eur(2000_00), days_overdue=12),
        make.line("R-2026-0140", open=make.eur(12999_00), amount=make.eur(12999_00)),
    )
    told = make.reminder(*lines, credits=(Credit(make.eur(50_00), "Credit note G-12 of 1 March 2026"),))
    return make.letter(told, to=make.contact(salutation="mr", title="Dr", family_name="Öztürk"))


def bare() -> Letter:
    nobody = make.contact(salutation=None, given_name=None, family_name=None)
    poor = make.creditor(
        bank_accounts=(),
        contact_name=None,
        contact_phone=None,
        contact_url=None,
        register=None,
        directors=(),
        imprint_url=None,
        privacy_url=None,
    )
    return make.letter(to=nobody, by=poor)


def hostile() -> Letter:
    return make.letter(
        make.reminder(make.line("<img src=x onerror=alert(1)>{{7*7}}{% raw %}\"'")),
        to=make.contact(family_name="<b>Weber</b>\r\nBcc: x@y.example", given_name="\u202eannA"),
        who=make.customer(name="<script>alert(2)</script>"),
        by=make.creditor(
            legal_name='"><script>alert(1)</script>\r\nX-Evil: 1',
            contact_url="javascript:alert(3)",
            contact_email="not an address\r\n",
            imprint_url="https://x.example/\"onmouseover='alert(4)'",
        ),
    )


LETTERS = {"one_invoice": make.letter, "several_invoices": several, "bare": bare, "hostile": hostile}


async def rendered(letter: Letter) -> EmailMessage:
    mail = await RENDERER.render(letter, make.DELIVERY_ID, datetime(2026, 3, 12, 8, 14, tzinfo=UTC))
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


async def bodies(letter: Letter) -> tuple[str, str]:
    parsed = await rendered(letter)
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


class Page(HTMLParser):
    """The visible text, tags and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("kind", ["txt", "html"])
async def test_the_mail_reads_as_its_golden_file(name: str, kind: str) -> None:
    """Delete a golden file and run twice to renew it; then look at what changed."""
    text, html = await bodies(LETTERS[name]())
    written = (text if kind == "txt" else html).replace("\r\n", "\n")
    golden = GOLDEN / f"{name}.{kind}"
    if not golden.exists():
        golden.write_text(written)
        pytest.fail(f"{golden.name} was not there and is now written: look at it and keep it")
    assert written == golden.read_text()


@pytest.mark.parametrize("name", LETTERS)
async def test_both_parts_say_the_same(name: str) -> None:
    text, html = await bodies(LETTERS[name]())
    shown = {word.strip(":,").lower() for word in Page(html).text.split()}
    for word in text.replace(make.PAGE_URL, "").replace("\n-- ", "\n").split():
        assert word.strip(":,").lower() in shown
    assert make.PAGE_URL in text
    assert ("href", make.PAGE_URL) in Page(html).attributes


@pytest.mark.parametrize("name", LETTERS)
async def test_no_placeholder_is_left_and_nothing_empty_is_shown(name: str) -> None:
    for told in await bodies(LETTERS[name]()):
        words = told if "<html" not in told else Page(told).text
        cleaned = words.replace("{{7*7}}{% raw %}", "")
        for trace in ("{{", "{%", "None", "undefined", "Undefined", ", ,", "  :", "[]", "()", "None.", "€nan"):
            assert trace not in cleaned, trace
        assert not re.search(r": *$", words, re.MULTILINE) or "account:" in words


@pytest.mark.parametrize("name", LETTERS)
async def test_the_tone_is_friendly_and_claims_nothing_more(name: str) -> None:
    text, _ = await bodies(LETTERS[name]())
    for word in ("legal action", "court", "collection", "penalty", "fee", "interest", "must", "immediately", "final"):
        assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), word
    assert "!" not in text


async def test_above_the_table_there_are_at_most_120_words() -> None:
    for letter in (make.letter(), several()):
        text, _ = await bodies(letter)
        above = text.split("WHAT IS OPEN")[0]
        assert len([word for word in above.split() if not word.startswith("http")]) <= 120


async def test_the_page_needs_nothing_from_outside_and_tells_its_language() -> None:
    _, html = await bodies(several())
    page = Page(html)
    assert '<html lang="en"' in html
    assert not {"script", "link", "iframe", "form", "video"} & set(page.tags)
    sources = [value for name, value in page.attributes if name == "src"]
    assert sources
    assert all(value and value.startswith("cid:") for value in sources)
    assert "url(" not in html
    assert "@import" not in html
    assert page.tags.count("th") >= 5 + 3
    assert all(("alt", value) for name, value in page.attributes if name == "src")
    assert "alt" in dict(page.attributes)


async def test_hostile_text_stays_text() -> None:
    parsed = await rendered(hostile())
    text, html = await bodies(hostile())
    page = Page(html)
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for name, value in page.attributes if name == "href" and value and "javascript" in value]
    assert "{{7*7}}" in page.text
    assert parsed["Bcc"] is None
    assert parsed["X-Evil"] is None
    assert parsed["Reply-To"] is None
    assert "\u202e" not in text + html


async def test_the_headers_tell_who_writes_and_that_a_machine_does() -> None:
    parsed = await rendered(make.letter())
    assert parsed["From"] == '"Nordlicht Feinkost GmbH & Co. KG" <reminders@kulant.example>'
    assert parsed["To"] == "Anna Weber <anna.weber@haus-am-see.example>"
    assert parsed["Reply-To"] == "Jule Petersen <accounts@nordlicht.example>"
    assert parsed["Subject"] == "A friendly reminder: invoice R-2026-0117 from Nordlicht Feinkost GmbH & Co. KG"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Content-Language"] == "en"
    assert parsed["Message-ID"] == f"<{make.DELIVERY_ID}@kulant.example>"
    assert parsed["X-Kulant-Reminder"] == str(make.REMINDER_ID)
    assert parsed["X-Kulant-Delivery"] == str(make.DELIVERY_ID)
    assert parsed["Date"] == "Thu, 12 Mar 2026 08:14:00 +0000"


async def test_the_picture_is_a_png_that_the_html_shows() -> None:
    parsed = await rendered(make.letter())
    (picture,) = [part for part in parsed.walk() if part.get_content_type() == "image/png"]
    _, html = await bodies(make.letter())
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html
    assert picture.get_content()[:8] == base64.b64decode("iVBORw0KGgo=")


@pytest.mark.parametrize("holder", ["Nordlicht GmbH", "Käse & Söhne", "Łódź Αθήνα", "株式会社 ｱｲｳ"])
def test_a_camera_reads_from_the_picture_what_the_standard_asks_for(holder: str) -> None:
    payload = epc_payload(holder, "DE89370400440532013000", None, make.eur(119_00), Reference("R-1"))
    assert payload is not None
    seen = zxingcpp.read_barcode(_pixels(qr_png(payload)))
    assert seen is not None
    assert (seen.bytes, seen.ec_level) == (payload.encode("utf-8"), "M")
    assert seen.symbology_identifier == "]Q1"  # no ECI: banking apps take the character set from the payload


def test_around_the_code_are_four_modules_of_nothing() -> None:
    pixels = _pixels(qr_png("BCD"))
    rows = [bytes(row) for row in pixels.tolist()]
    white = bytes([255]) * len(rows)
    assert rows[:24] == rows[-24:] == [white] * 24
    assert all(row[:24] == row[-24:] == white[:24] for row in rows)
    assert rows[24][24] == 0


def _pixels(png: bytes) -> memoryview:
    """The shades of a PNG of one bit a pixel whose lines are not filtered: what a camera would see of it."""
    (width,) = struct.unpack(">I", png[16:20])
    (length,) = struct.unpack(">I", png[33:37])
    raw, stride = zlib.decompress(png[41 : 41 + length]), 1 + -(-width // 8)
    lines = (raw[start + 1 : start + stride] for start in range(0, len(raw), stride))
    shades = b"".join(
        bytes(255 * (byte >> bit & 1) for byte in line for bit in range(7, -1, -1))[:width] for line in lines
    )
    return memoryview(shades).cast("B", (width, width))


async def test_no_picture_where_the_transfer_does_not_fit_into_a_code() -> None:
    swiss = make.reminder(make.line(open=Amount(11900, "CHF"), amount=Amount(11900, "CHF")))
    letter = make.letter(swiss, by=make.creditor(bank_accounts=(make.account(currency=None),)))
    parsed = await rendered(letter)
    assert not [part for part in parsed.walk() if part.get_content_type() == "image/png"]
    text, _ = await bodies(letter)
    assert "CHF\u00a0119.00" in text


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        pytest.param(123450, "EUR", "€1,234.50", id="two digits"),
        pytest.param(119, "JPY", "JP¥119", id="none"),
        pytest.param(1234, "KWD", "KWD\u00a01.234", id="three"),
        pytest.param(5, "EUR", "€0.05", id="cents"),
    ],
)
async def test_amounts_have_exactly_the_digits_of_their_currency(minor: int, currency: str, shown: str) -> None:
    amount = Amount(minor, currency)
    text, _ = await bodies(make.letter(make.reminder(make.line(open=amount, amount=amount))))
    assert f"Total: {shown}" in text


async def test_costs_are_explained_in_a_line_of_their_own() -> None:
    cost = Cost("c1", make.eur(40_00), "Lump sum of section 288 (5) BGB")
    text, html = await bodies(make.letter(make.reminder(costs=(cost,))))
    assert "Lump sum of section 288 (5) BGB: €40.00" in text
    assert "Total: €159.00" in text
    assert "€159.00" in html


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param(
            NextStep("reminder", date(2026, 3, 23)),
            "write to you once more, not before Monday, 23 March",
            id="reminder",
        ),
        pytest.param(NextStep("person", date(2026, 3, 23)), "a person from our team will get in touch", id="person"),
        pytest.param(
            NextStep("review", date(2026, 3, 23)), "look at it again, not before Monday, 23 March", id="review"
        ),
        pytest.param(NextStep("none", None), "No further message about this is planned", id="nothing"),
        pytest.param(NextStep("something_new", date(2026, 3, 23)), "write to you once more", id="unknown code"),
    ],
)
async def test_what_happens_next_is_told_plainly(step: NextStep, words: str) -> None:
    text, _ = await bodies(make.letter(make.reminder(next_step=step)))
    assert words in " ".join(text.split())


async def test_the_creditors_own_reference_is_shown_for_a_single_invoice() -> None:
    terms = {"invoice-R-2026-0117": PaymentTerms("RF18 5390 0754 7034")}
    text, _ = await bodies(make.letter(terms=terms))
    assert "Reference: RF18539007547034" in text


async def test_the_same_letter_gives_the_same_bytes() -> None:
    at = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
    first = await RENDERER.render(make.letter(), make.DELIVERY_ID, at)
    second = await MailRenderer(Sender("reminders@kulant.example")).render(make.letter(), make.DELIVERY_ID, at)
    assert first == second
