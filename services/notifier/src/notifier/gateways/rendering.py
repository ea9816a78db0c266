"""Turns a letter into the bytes of a mail: words and layout from templates, amounts and days by locale."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, get_currency_symbol
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError

from kulant_contracts.money import minor_digits
from notifier.domain.address import usable_address
from notifier.domain.amount import Amount
from notifier.domain.epc import compact
from notifier.domain.letter import Letter
from notifier.domain.plaintext import one_line, shortened
from notifier.gateways.mime import Mail, Mailbox, Picture, write_mail
from notifier.gateways.qr import qr_png
from notifier.usecases.ports import RenderedMail, Unwritable

# Dates and amounts as English readers in Europe know them: 12 March 2026, €1,234.50.
_LOCALE = "en_GB"
_LANGUAGE = "en"
_LANGUAGES = Locale.parse(_LOCALE)
_SUBJECT_CHARACTERS = 150
_SPACES = re.compile(r"[ \t\r\n]+")
_QR_NAME = "transfer-qr.png"


@dataclass(frozen=True, slots=True)
class Sender:
    """The address that all mails come from; the display name is the creditor's."""

    address: str

    @property
    def domain(self) -> str:
        """The part after the @, for ids of messages and pictures."""
        return self.address.rpartition("@")[2]


class MailRenderer:
    """Renders letters; one for a process, its templates are compiled once."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    @cached_property
    def _layouts(self) -> tuple[Template, Template]:
        html = _environment(autoescape=True).get_template("mail.html.j2")
        return _environment(autoescape=False).get_template("mail.txt.j2"), html

    @cached_property
    def _words(self) -> Template:
        return _environment(autoescape=False).get_template("words.en.j2")

    async def render(self, letter: Letter, delivery_id: str, written_at: datetime) -> RenderedMail:
        """The mail's bytes and their SHA-256; the same letter, id and moment give the same bytes.

        Raises Unwritable.
        """
        try:
            mail = await self._mail(letter, delivery_id, written_at)
            written = write_mail(mail, boundary=delivery_id)
        except (TemplateError, ValueError) as error:
            raise Unwritable(type(error).__name__) from error
        return RenderedMail(written, hashlib.sha256(written).hexdigest())

    def _say(self, letter: Letter) -> Mapping[str, str]:
        module = self._words.make_module(_facts_for_words(letter))
        # Not str.split(): it would part amounts at their no-break spaces.
        return {name: _SPACES.sub(" ", said).strip() for name, said in vars(module).items() if isinstance(said, str)}

    async def _mail(self, letter: Letter, delivery_id: str, written_at: datetime) -> Mail:
        picture = None
        if letter.epc:
            picture = Picture(f"qr.{delivery_id}@{self._sender.domain}", _QR_NAME, await qr_png(letter.epc))
        words = self._say(letter)
        content = {**_content(letter, words), "qr_cid": picture.content_id if picture else None}
        text, html = (layout.render(content) for layout in self._layouts)
        name = one_line(letter.creditor.legal_name)
        answer_to = usable_address(letter.creditor.contact_email)
        return Mail(
            sender=Mailbox(name, self._sender.address),
            to=Mailbox(letter.recipient.contact.person or letter.customer_name, letter.recipient.address),
            reply_to=Mailbox(one_line(letter.creditor.contact_name or "") or name, answer_to) if answer_to else None,
            subject=shortened(words["subject"], _SUBJECT_CHARACTERS),
            date=written_at,
            message_id=f"{delivery_id}@{self._sender.domain}",
            language=_LANGUAGE,
            extra=(
                ("Auto-Submitted", "auto-generated"),
                ("X-Kulant-Reminder", str(letter.reminder.reminder_id)),
                ("X-Kulant-Delivery", delivery_id),
            ),
            text=text,
            html=html,
            picture=picture,
        )


def _environment(*, autoescape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("notifier"),
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 -- off for plain text only; what is HTML is rendered with it on
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _facts_for_words(letter: Letter) -> dict[str, Any]:
    reminder, first = letter.reminder, letter.reminder.lines[0]
    step = reminder.next_step
    return {
        "invoice_count": len(reminder.invoice_ids),
        "creditor": one_line(letter.creditor.legal_name),
        "first_number": one_line(first.number),
        "first_issued": first.issued_on and _day(first.issued_on),
        "first_due": _day(first.due_on),
        "first_is_part_paid": first.open != first.amount,
        "total": _money(reminder.total),
        "deadline": reminder.deadline_on and _weekday(reminder.deadline_on),
        "as_of": _moment(letter.as_of_at),
        "holder": letter.account.holder if letter.account else "",
        "next_step": step.code if step else "",
        "next_on": step and step.not_before_on and _weekday(step.not_before_on),
        "contact_name": one_line(letter.creditor.contact_name or ""),
        "customer_id": one_line(reminder.customer_id),
    }


def _content(letter: Letter, words: Mapping[str, str]) -> dict[str, Any]:
    reminder = letter.reminder
    return {
        "language": _LANGUAGE,
        "letter": letter,
        "words": words,
        "total": _money(reminder.total),
        "deadline": reminder.deadline_on and _weekday(reminder.deadline_on),
        "rows": [
            {
                "number": one_line(line.number),
                "issued": line.issued_on and _short_day(line.issued_on),
                "due": _short_day(line.due_on),
                "days_overdue": line.days_overdue,
                "open": _money(line.open),
                "amount": _money(line.amount) if line.amount != line.open else None,
            }
            for line in reminder.lines
        ],
        "extras": [
            *({"text": one_line(cost.explanation), "money": _money(cost.money)} for cost in reminder.costs),
            *(
                {
                    "text": one_line(credit.note),
                    "money": _money(_negated(credit.money)),
                }
                for credit in reminder.credits
            ),
        ],
        "account": _account(letter),
        "creditor": {
            "name": one_line(letter.creditor.legal_name),
            "person": one_line(letter.creditor.contact_name or ""),
            "lines": _address_lines(letter),
        },
        "ways": _ways(letter, words),
        "facts": _legal_facts(letter, words),
    }


def _account(letter: Letter) -> dict[str, str] | None:
    if letter.account is None:
        return None
    iban = compact(letter.account.iban)
    return {
        "holder": letter.account.holder,
        "iban": " ".join(iban[start : start + 4] for start in range(0, len(iban), 4)),
        "bic": compact(letter.account.bic or ""),
        "bank": one_line(letter.account.bank_name or ""),
    }


def _address_lines(letter: Letter) -> list[str]:
    address = letter.creditor.address
    country = _LANGUAGES.territories.get(address.country, address.country)
    lines = [*address.lines, f"{address.postal_code} {address.city}", country]
    return [cleaned for line in lines if (cleaned := one_line(line))]


def _labelled(label: str, text: str | None, href: str | None = None) -> list[dict[str, str | None]]:
    return [{"label": label, "text": one_line(text), "href": href}] if text and one_line(text) else []


def _web(url: str | None) -> str | None:
    """The address if a reader may be sent there, else None: `javascript:` and the like are shown as mere text."""
    return url if url and urlsplit(url).scheme in ("http", "https") else None


def _ways(letter: Letter, words: Mapping[str, str]) -> list[dict[str, str | None]]:
    creditor = letter.creditor
    mailto = usable_address(creditor.contact_email)
    return [
        *_labelled(words["phone_label"], creditor.contact_phone),
        *_labelled(words["email_label"], creditor.contact_email, f"mailto:{mailto}" if mailto else None),
        *_labelled(words["web_label"], creditor.contact_url, _web(creditor.contact_url)),
    ]


def _legal_facts(letter: Letter, words: Mapping[str, str]) -> list[dict[str, str | None]]:
    creditor = letter.creditor
    return [
        *_labelled(words["register_label"], creditor.register),
        *_labelled(words["directors_label"], ", ".join(creditor.directors)),
        *_labelled(words["vat_label"], creditor.vat_id),
        *_labelled(words["imprint_label"], creditor.imprint_url, _web(creditor.imprint_url)),
        *_labelled(words["privacy_label"], creditor.privacy_url, _web(creditor.privacy_url)),
    ]


def _negated(amount: Amount) -> Amount:
    return Amount(-amount.amount_minor, amount.currency)


def _money(amount: Amount) -> str:
    """With exactly the currency's own minor digits: €1,234.50, CHF 1,234.50, JP¥119, KWD 1.234."""
    digits = minor_digits(amount.currency)
    symbol = get_currency_symbol(amount.currency, locale=_LOCALE)
    gap = "\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else ""
    pattern = f"¤{gap}#,##0" + (f".{'0' * digits}" if digits else "")
    pattern = f"{pattern};\N{MINUS SIGN}{pattern}"
    exact = Decimal(amount.amount_minor).scaleb(-digits)
    return format_currency(exact, amount.currency, format=pattern, locale=_LOCALE, currency_digits=False)


def _day(day: date) -> str:
    return format_date(day, "d MMMM y", locale=_LOCALE)


def _short_day(day: date) -> str:
    return format_date(day, "d MMM y", locale=_LOCALE)


def _weekday(day: date) -> str:
    return format_date(day, "EEEE, d MMMM y", locale=_LOCALE)


def _moment(instant: datetime) -> str:
    zone = instant.tzname() or "UTC"
    return f"{format_datetime(instant, 'd MMMM y, HH:mm', locale=_LOCALE)} {zone}"
