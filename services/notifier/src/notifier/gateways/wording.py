"""What the templates are told about a letter: facts for the sentences, and content for the layouts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from notifier.domain.address import usable_address
from notifier.domain.amount import Amount
from notifier.domain.epc import compact
from notifier.domain.letter import Letter
from notifier.domain.plaintext import one_line
from notifier.domain.reminder import Credit
from notifier.gateways.tongue import TONGUES, Tongue, long_day, moment, money, short_day, weekday

_NOTICES = ("due_soon", "due_today")


def facts_for_words(letter: Letter, *, can_answer: bool) -> dict[str, Any]:
    """The values that the sentences of a language are made with; texts are clean, sums and days already written."""
    reminder, tongue = letter.reminder, TONGUES[letter.language]
    invoices = len(reminder.invoice_ids)
    leading = len({line.invoice_id for line in reminder.leading_lines})
    step = reminder.next_step
    return {
        "message": letter.message.name,
        "demands": letter.message.demands,
        "is_warm": letter.message.is_warm,
        "creditor": one_line(letter.creditor.legal_name),
        "lead_count": leading,
        "others": invoices - leading,
        "total": money(tongue, reminder.total),
        "is_rest_open": reminder.total.amount_minor > 0,
        "to_pay": money(tongue, letter.to_pay),
        "deadline": reminder.deadline_on and weekday(tongue, reminder.deadline_on),
        "as_of": moment(tongue, letter.as_of_at),
        "holder": letter.account.holder if letter.account else "",
        "next_step": step.code if step else "",
        "next_on": step and step.not_before_on and weekday(tongue, step.not_before_on),
        "contact_name": one_line(letter.creditor.contact_name or ""),
        "can_answer": can_answer,
        "customer_id": one_line(reminder.customer_id),
        **_first(letter, tongue),
        **_before(letter, tongue),
    }


def _first(letter: Letter, tongue: Tongue) -> dict[str, Any]:
    if not letter.reminder.lines:
        return {"first_number": "", "first_issued": "", "first_due": "", "is_part_paid": False}
    leading = letter.reminder.leading_lines
    first = leading[0]
    return {
        "first_number": one_line(first.number),
        "first_issued": first.issued_on and long_day(tongue, first.issued_on),
        "first_due": long_day(tongue, min(line.due_on for line in leading)),
        "is_part_paid": first.open != first.amount,
    }


def _before(letter: Letter, tongue: Tongue) -> dict[str, Any]:
    about, returned = letter.reminder.about, letter.reminder.payment_returned
    return {
        "said_on": about and long_day(tongue, about.said_on),
        "said_day": about and about.on and weekday(tongue, about.on),
        "said_money": about and about.money and money(tongue, about.money),
        "is_debit": returned is not None and returned.is_direct_debit,
        "returned_on": returned and long_day(tongue, returned.on),
        "recollect_on": returned and returned.recollect_on and weekday(tongue, returned.recollect_on),
    }


def content(letter: Letter, words: Mapping[str, str]) -> dict[str, Any]:
    """All that the layouts show beside the sentences."""
    reminder, tongue = letter.reminder, TONGUES[letter.language]
    return {
        "language": letter.language,
        "letter": letter,
        "words": words,
        "paragraphs": _paragraphs(words),
        "box": _box(letter, tongue),
        "total": money(tongue, reminder.total),
        "to_pay": money(tongue, letter.to_pay),
        "is_overdue": any(line.days_overdue > 0 for line in reminder.lines),
        "rows": [
            {
                "number": one_line(line.number),
                "issued": line.issued_on and short_day(tongue, line.issued_on),
                "due": short_day(tongue, line.due_on),
                "days_overdue": max(line.days_overdue, 0),
                "open": money(tongue, line.open),
                "amount": money(tongue, line.amount) if line.amount != line.open else None,
            }
            for line in reminder.lines
        ],
        "extras": [
            *({"text": one_line(cost.explanation), "money": money(tongue, cost.money)} for cost in reminder.costs),
            *(
                {"text": _credit(letter, credit, words), "money": money(tongue, _negated(credit.money))}
                for credit in reminder.credits
            ),
        ],
        "shows_payment": letter.shows_payment,
        "account": _account(letter),
        "creditor": {
            "name": one_line(letter.creditor.legal_name),
            "person": one_line(letter.creditor.contact_name or ""),
            "lines": _address_lines(letter, tongue),
        },
        "ways": _ways(letter, words),
        "facts": _legal_facts(letter, words),
    }


def _paragraphs(words: Mapping[str, str]) -> list[str]:
    closing = " ".join(said for said in (words["paid"], words["help"]) if said)
    return [said for said in (words["opening"], words["more"], words["request"], closing) if said]


def _box(letter: Letter, tongue: Tongue) -> dict[str, str | None] | None:
    """The sum and its day in large letters; only where the message is about a payment to come."""
    reminder, name = letter.reminder, letter.message.name
    if name == "promise_noted":
        day = reminder.about.on if reminder.about else None
        return {"amount": money(tongue, letter.to_pay), "day": weekday(tongue, day) if day else None}
    if not letter.message.demands:
        return None
    day = min(line.due_on for line in reminder.lines) if name in _NOTICES else reminder.deadline_on
    return {"amount": money(tongue, reminder.total), "day": weekday(tongue, day) if day else None}


def _credit(letter: Letter, credit: Credit, words: Mapping[str, str]) -> str:
    """In the reader's words where its code has some, with the invoice where there are several."""
    said = words.get(f"credit_{credit.code}") or one_line(credit.note)
    if credit.code == "unallocated" or len(letter.reminder.invoice_ids) < 2:
        return said
    numbers = {one_line(line.number) for line in letter.reminder.lines if line.invoice_id == credit.invoice_id}
    return f"{said} ({', '.join(sorted(numbers))})" if numbers else said


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


def _address_lines(letter: Letter, tongue: Tongue) -> list[str]:
    address = letter.creditor.address
    lines = [*address.lines, f"{address.postal_code} {address.city}", tongue.country(address.country)]
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
        *_labelled(words["sepa_label"], creditor.sepa_creditor_id),
        *_labelled(words["imprint_label"], creditor.imprint_url, _web(creditor.imprint_url)),
        *_labelled(words["privacy_label"], creditor.privacy_url, _web(creditor.privacy_url)),
    ]


def _negated(amount: Amount) -> Amount:
    return Amount(-amount.amount_minor, amount.currency)
