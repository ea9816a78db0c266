"""From what is known to what the templates show: every value that they print is made here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from feedback_service.domain.answer import RecordedAnswer
from feedback_service.domain.form import PAID_WITHIN, PROMISE_AHEAD, Flaw, Form, PaymentForm, last_promise_day
from feedback_service.domain.item import Debt, Item
from feedback_service.domain.party import Creditor
from feedback_service.domain.reminder import LINK_LIVES
from feedback_service.usecases.show_page import Page
from feedback_service.web.formatting import amount, country, day, iban_groups, plain_amount, short_day, time_of_day
from feedback_service.web.wording import METHODS, answer_text, fault_text, next_step_text

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that comes back to its writer: what was typed, and what is wrong with it."""

    kind: str
    currency: str
    values: Mapping[str, str]
    item_ids: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)


def page_view(page: Page, *, recorded: RecordedAnswer | None = None) -> View:
    """Everything that the page's template reads, but for a form that comes back."""
    reminder = page.reminder
    return {
        "creditor": _creditor(page.creditor),
        "recipient": page.customer.shown_name if page.customer else "",
        "as_of_day": day(page.today),
        "as_of_time": time_of_day(page.as_of),
        "sent_on": day(reminder.sent_at.astimezone(page.as_of.tzinfo).date()) if reminder.sent_at else None,
        "link_ends_on": day((reminder.not_before_at + LINK_LIVES).astimezone(page.as_of.tzinfo).date()),
        "debts": [_debt(debt, page.creditor, page.today) for debt in page.debts],
        "items_count": sum(len(debt.items) for debt in page.debts),
        "limits": _limits(page.today),
        "methods": [(method.value, label) for method, label in METHODS],
        "recorded": _answer(recorded, page) if recorded else None,
        "earlier": [_answer(found, page) for found in page.answers if found != recorded],
        "filled": None,
        "flaws": [],
    }


def refused_view(page: Page, form: Form, flaws: tuple[Flaw, ...]) -> View:
    """The page with the form as it was typed and a sentence at each field that needs a change."""
    debt = page.debt(form.currency)
    if debt is None:
        return page_view(page)
    faults = {flaw.field: fault_text(flaw.fault, page.today, debt) for flaw in reversed(flaws)}
    return page_view(page) | {
        "filled": _filled(form, faults),
        "flaws": [
            {"anchor": f"{name.replace('_', '-')}-{debt.currency}", "text": faults[name]}
            for name in dict.fromkeys(flaw.field for flaw in flaws)
        ],
    }


def _filled(form: Form, faults: Mapping[str, str]) -> Filled:
    if isinstance(form, PaymentForm):
        values = {"paid_on": form.paid_on, "method": form.method}
        return Filled("paid", form.currency, values, form.item_ids, faults)
    return Filled("promise", form.currency, {"pay_on": form.pay_on, "amount": form.amount}, (), faults)


def _debt(debt: Debt, creditor: Creditor, today: date) -> View:
    account = creditor.account_for(debt.currency, frozenset(item.account_id for item in debt.items))
    return {
        "currency": debt.currency,
        "total": amount(debt.total_minor, debt.currency),
        "total_plain": plain_amount(debt.total_minor, debt.currency),
        "reference": debt.reference,
        "lines": [_line(item, today) for item in debt.items],
        "account": account
        and {
            "holder": account.holder,
            "iban": iban_groups(account.iban),
            "bic": account.bic,
            "bank_name": account.bank_name,
        },
    }


def _line(item: Item, today: date) -> View:
    days_late = (today - item.due_on).days if item.due_on else 0
    return {
        "item_id": item.item_id,
        "number": item.number,
        "issued_on": short_day(item.issued_on),
        "due_on": short_day(item.due_on) if item.due_on else "open",
        "late": f"{days_late} {'day' if days_late == 1 else 'days'} ago" if days_late > 0 else None,
        "open": amount(item.open_minor, item.currency),
        "of": amount(item.amount_minor, item.currency) if item.amount_minor != item.open_minor else None,
    }


def _limits(today: date) -> View:
    return {
        "today": today.isoformat(),
        "paid_from": (today - PAID_WITHIN).isoformat(),
        "promise_until": last_promise_day(today).isoformat(),
        "promise_until_words": day(last_promise_day(today)),
        "promise_days": PROMISE_AHEAD.days,
    }


def _answer(found: RecordedAnswer, page: Page) -> View:
    said_at = found.answer.said_at.astimezone(page.as_of.tzinfo)
    return {
        "text": answer_text(found.answer),
        "next_step": next_step_text(found.answer),
        "said_at": f"{day(said_at.date())}, {time_of_day(said_at)}",
        "machine_time": said_at.isoformat(timespec="seconds"),
        "is_taken_up": found.is_taken_up,
    }


def _creditor(creditor: Creditor) -> View:
    directors = ", ".join(creditor.directors)
    links = [("Website", creditor.url), ("Imprint", creditor.imprint_url), ("Privacy", creditor.privacy_url)]
    return {
        "legal_name": creditor.legal_name,
        "address_lines": [*creditor.address_lines, *([country(creditor.country)] if creditor.country else [])],
        "contact_name": creditor.contact_name,
        "phone": creditor.phone,
        "dial": "".join(sign for sign in creditor.phone or "" if sign.isdigit() or sign == "+"),
        "email": creditor.email,
        "mailbox": quote(creditor.email or "", safe="@+"),
        "legal_lines": [
            line
            for line in (
                creditor.register,
                f"Managing directors: {directors}" if directors else None,
                f"VAT ID {creditor.vat_id}" if creditor.vat_id else None,
            )
            if line
        ],
        "links": [{"text": text, "href": href} for text, href in links if href and _is_web_address(href)],
    }


def _is_web_address(href: str) -> bool:
    return href.startswith(("https://", "http://"))
