"""From what is known to what the templates show: every value that they print is made here."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from feedback_service.domain.answer import Channel, PaymentMethod, Rated, Reason, RecordedAnswer, Via
from feedback_service.domain.form import ContactWish, Flaw, Form, PaymentForm, PromiseForm, TimeWish
from feedback_service.domain.item import Debt, Item
from feedback_service.domain.party import Creditor
from feedback_service.domain.reading import EXTENSION_AHEAD, PAID_WITHIN, PROMISE_AHEAD, last_promise_day
from feedback_service.domain.reminder import LINK_LIVES, Message
from feedback_service.usecases.show_page import Page
from feedback_service.web.forms import anchor, filled
from feedback_service.web.telling import answer_text, fault_text, next_texts, outcome_text, rest_text, then_text
from feedback_service.web.tongue import Tongue, iban_groups

View = dict[str, Any]
CHANNELS = (Channel.EMAIL, Channel.PHONE, Channel.POST, Channel.SMS, Channel.WHATSAPP)
"""Ways to be written to, in the order of the page."""


def page_view(page: Page, tongue: Tongue, *, recorded: RecordedAnswer | None = None) -> View:
    """Everything that the page's template reads, but for a form that comes back."""
    reminder, zone = page.reminder, page.as_of.tzinfo
    own = next((message for message in page.messages if message.reminder_id == reminder.reminder_id), None)
    has_rated = any(isinstance(found.answer.statement, Rated) for found in page.answers)
    return {
        "creditor": _creditor(page.creditor, tongue),
        "recipient": page.customer.shown_name if page.customer else "",
        "as_of": tongue.moment(page.as_of),
        "sent_on": tongue.day(own.sent_at.astimezone(zone).date()) if own else None,
        "link_ends_on": tongue.day((reminder.not_before_at + LINK_LIVES).astimezone(zone).date()),
        "debts": [_debt(debt, page, tongue) for debt in page.debts],
        "items": [_choice(item, tongue) for debt in page.debts for item in debt.items],
        "next_texts": next_texts(page.outlook, tongue),
        "rests": [rest_text(rest, page.debts, tongue) for rest in page.rests],
        "messages": [_message(message, page, tongue) for message in page.messages],
        "handed_over": _handed_over(page, tongue),
        "limits": _limits(page.today, tongue),
        "choices": _choices(page, tongue),
        "recorded": _answer(recorded, page, tongue) if recorded else None,
        "asks_rating": recorded is not None and not has_rated,
        "earlier": [_answer(found, page, tongue) for found in page.answers if found != recorded],
        "filled": None,
        "flaws": [],
    }


def erased_view(page: Page, tongue: Tongue) -> View:
    """What is left to say when nothing personal is kept."""
    return {
        "creditor": _creditor(page.creditor, tongue),
        "recipient": "",
        "erased_on": tongue.day(page.erased_on) if page.erased_on else "",
    }


def refused_view(page: Page, tongue: Tongue, form: Form, flaws: tuple[Flaw, ...]) -> View:
    """The page with the form as it was typed and a sentence at each field that needs a change."""
    currency = form.currency if isinstance(form, PaymentForm | PromiseForm) else page.reminder.currency
    faults = {flaw.field: fault_text(flaw, page, currency, tongue) for flaw in reversed(flaws)}
    return page_view(page, tongue) | {
        "filled": filled(form, faults),
        "flaws": [
            {"anchor": anchor(form, name), "text": faults[name]} for name in dict.fromkeys(flaw.field for flaw in flaws)
        ],
        "asks_rating": "stars" in faults,
    }


def _debt(debt: Debt, page: Page, tongue: Tongue) -> View:
    account = page.creditor.account_for(debt.currency, frozenset(item.account_id for item in debt.items))
    credit = sum(credit.amount_minor for credit in page.credits if credit.currency == debt.currency)
    left = max(debt.total_minor - credit, 0)
    return {
        "currency": debt.currency,
        "total": tongue.amount(debt.total_minor, debt.currency),
        "total_plain": tongue.plain_amount(debt.total_minor, debt.currency),
        "credit": tongue.amount(-min(credit, debt.total_minor), debt.currency) if credit else None,
        "left": tongue.amount(left, debt.currency),
        "is_left": left > 0,
        "reference": debt.reference,
        "lines": [_line(item, page.today, tongue) for item in debt.items],
        "account": account
        and {
            "holder": account.holder,
            "iban": iban_groups(account.iban),
            "bic": account.bic,
            "bank_name": account.bank_name,
        },
    }


def _line(item: Item, today: date, tongue: Tongue) -> View:
    days_late = (today - item.due_on).days if item.due_on else 0
    late = tongue.say("late_one" if days_late == 1 else "late_many", days=days_late)
    is_part = item.amount_minor != item.open_minor
    return {
        "word": item.key.word,
        "number": item.number,
        "issued_on": tongue.short_day(item.issued_on),
        "due_on": tongue.short_day(item.due_on) if item.due_on else tongue.say("no_day"),
        "late": late if days_late > 0 else None,
        "open": tongue.amount(item.open_minor, item.currency),
        "of": tongue.amount(item.amount_minor, item.currency) if is_part else None,
    }


def _choice(item: Item, tongue: Tongue) -> View:
    return {"word": item.key.word, "text": f"{item.number} · {tongue.amount(item.open_minor, item.currency)}"}


def _message(message: Message, page: Page, tongue: Tongue) -> View:
    key = f"message_{message.stage_code}"
    sent_at = message.sent_at.astimezone(page.as_of.tzinfo)
    return {
        "kind": tongue.say(key if key in tongue.words else "message_other"),
        "day": tongue.day(sent_at.date()),
        "machine_time": sent_at.isoformat(timespec="seconds"),
        "total": tongue.amount(message.total_minor, message.currency) if message.is_demand else None,
        "channel": tongue.say(f"channel_{message.channel}") if message.channel in set(Channel) else message.channel,
    }


def _handed_over(page: Page, tongue: Tongue) -> View | None:
    case = page.handed_over
    if case is None:
        return None
    return {"to": case.to or "", "day": tongue.day(case.at.astimezone(page.as_of.tzinfo).date())}


def _limits(today: date, tongue: Tongue) -> View:
    return {
        "today": today.isoformat(),
        "paid_from": (today - PAID_WITHIN).isoformat(),
        "promise_until": last_promise_day(today).isoformat(),
        "promise_until_words": tongue.day(last_promise_day(today)),
        "promise_days": PROMISE_AHEAD.days,
        "extension_until": (today + EXTENSION_AHEAD).isoformat(),
    }


def _choices(page: Page, tongue: Tongue) -> Mapping[str, list[tuple[str, str]]]:
    """The values that may be chosen in forms, with their words."""
    channel = tongue.say(f"channel_{page.reached.channel}")
    return {
        "methods": [(method.value, tongue.say(f"method_{method}")) for method in PaymentMethod],
        "reasons": [(reason.value, tongue.say(f"reason_{reason}")) for reason in Reason],
        "times": [(wish.value, tongue.say(f"time_{wish}")) for wish in TimeWish],
        "contacts": [(wish.value, tongue.say(f"contact_{wish}", channel=channel)) for wish in ContactWish],
        "channels": [(channel.value, tongue.say(f"channel_{channel}")) for channel in CHANNELS],
    }


def _answer(found: RecordedAnswer, page: Page, tongue: Tongue) -> View:
    said_at = found.answer.said_at.astimezone(page.as_of.tzinfo)
    return {
        "text": answer_text(found.answer, tongue),
        "quote": found.answer.quote,
        "then": then_text(found.answer, tongue),
        "moment": tongue.moment(said_at),
        "machine_time": said_at.isoformat(timespec="seconds"),
        "outcome": outcome_text(found, tongue),
        "is_by_email": found.answer.via is Via.EMAIL,
    }


def _creditor(creditor: Creditor, tongue: Tongue) -> View:
    directors = ", ".join(creditor.directors)
    links = [
        (tongue.say("website"), creditor.url),
        (tongue.say("imprint"), creditor.imprint_url),
        (tongue.say("privacy"), creditor.privacy_url),
    ]
    lines = [
        creditor.register,
        tongue.say("directors", names=directors) if directors else None,
        tongue.say("vat", number=creditor.vat_id) if creditor.vat_id else None,
    ]
    return {
        "legal_name": creditor.legal_name,
        "address_lines": [*creditor.address_lines, *([tongue.country(creditor.country)] if creditor.country else [])],
        "contact_name": creditor.contact_name,
        "phone": creditor.phone,
        "dial": "".join(sign for sign in creditor.phone or "" if sign.isdigit() or sign == "+"),
        "email": creditor.email,
        "mailbox": quote(creditor.email or "", safe="@+"),
        "legal_lines": [line for line in lines if line],
        "links": [{"text": text, "href": href} for text, href in links if href and _is_web_address(href)],
    }


def _is_web_address(href: str) -> bool:
    return href.startswith(("https://", "http://"))
