"""One plain sentence for each thing that can happen to a customer, with the kind of happening that it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kulant_cli.amounts import amount
from kulant_cli.judge.story import Story
from kulant_contracts.case import CaseDisputeDecidedV1, CasePromiseBrokenV1, CasePromiseKeptV1
from kulant_contracts.delivery import (
    DeliveryBouncedV1,
    DeliveryFailedV1,
    DeliverySentV1,
    DeliverySuppressedV1,
)
from kulant_contracts.envelope import Event
from kulant_contracts.erp import Allocation, ErpCustomerChangedV1, ErpInvoiceIssuedV1, ErpPaymentReceivedV1
from kulant_contracts.erp_changes import (
    ErpCreditNoteIssuedV1,
    ErpHoldChangedV1,
    ErpItemAdjustedV1,
    ErpPaymentReversedV1,
)
from kulant_contracts.money import Money
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1
from kulant_contracts.response import (
    ResponseContactRefusedV1,
    ResponseDisputedV1,
    ResponseEventData,
    ResponsePaymentClaimedV1,
    ResponsePromiseMadeV1,
    ResponseQuestionAskedV1,
)

_STAGES = {
    "friendly": "a friendly reminder", "reminder": "the second reminder", "firm": "a firm reminder",
    "last": "the last reminder", "due_soon": "a note before the due day", "due_today": "a note on the due day",
    "promise_missed": "a friendly question about the promise",
    "claim_unconfirmed": "a friendly question about the payment",
}  # fmt: skip
_CONFIRMED = {
    "promise_noted": "the promise", "claim_noted": "the word about the payment", "dispute_noted": "the objection",
    "question_noted": "the question", "contact_noted": "the wish", "payment_returned": "that the payment came back",
}  # fmt: skip
_WHY_NOT = {
    "stale": "stopped at the gate, a moment before it would have left: something new was known",
    "withdrawn": "taken back in time: the reason for it was gone",
    "expired": "not sent: its hours were over; decided anew",
}
_BEATEN = ("stale", "withdrawn")  # how a mail ends that its payment beat; only such mails are put off


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, and what kind of happening it tells of."""

    kind: str
    words: str


def of_fact(event: Event, numbers: Mapping[str, str]) -> Iterator[Phrase]:
    """What the ERP says, as far as it is about these invoices (number by id) or about the customer itself."""
    data = event.data
    if isinstance(data, ErpInvoiceIssuedV1) and data.invoice_id in numbers:
        yield from _invoice(data)
    elif isinstance(data, ErpPaymentReceivedV1):
        yield from _payment(data, numbers)
    elif isinstance(data, ErpPaymentReversedV1):
        yield Phrase("returned", f"The bank takes a payment back ({data.reason_code or 'no reason given'}).")
    elif isinstance(data, ErpCreditNoteIssuedV1) and (named := _named(data.allocations, numbers)):
        yield Phrase("corrected", f"A credit note takes {_money(data.money)} off {named}.")
    elif isinstance(data, ErpItemAdjustedV1) and data.invoice_id in numbers:
        yield Phrase("corrected", f"The ERP takes {_money(data.money)} off {numbers[data.invoice_id]}.")
    elif isinstance(data, ErpHoldChangedV1) and (number := numbers.get(data.invoice_id or "")):
        held = f"puts {number} on hold" if data.state == "set" else "lifts the hold"
        yield Phrase(f"hold {data.state}", f"The ERP {held} ({data.reason}).")
    elif isinstance(data, ErpCustomerChangedV1) and (data.version or 1) > 1:
        yield Phrase("address", "The ERP learns a better address.")


def _invoice(data: ErpInvoiceIssuedV1) -> Iterator[Phrase]:
    due_on = data.items[0].due_on
    if (data.version or 1) > 1:
        yield Phrase("corrected", f"The ERP corrects invoice {data.number} to {_money(data.total)}.")
        return
    collected = " It will be collected by direct debit." if data.payment and data.payment.direct_debit else ""
    due = f", due on {_day(due_on)}" if due_on else ""
    yield Phrase("invoice", f"The ERP tells of invoice {data.number} over {_money(data.total)}{due}.{collected}")


def _payment(data: ErpPaymentReceivedV1, numbers: Mapping[str, str]) -> Iterator[Phrase]:
    what = "A direct debit" if data.method == "direct_debit" else "A payment"
    if not data.allocations:
        yield Phrase("unallocated", f"{what} of {_money(data.money)} arrives; nobody knows yet what for.")
    elif named := _named(data.allocations, numbers):
        yield Phrase("payment", f"{what} of {_money(data.money)} arrives for {named}.")


def _named(parts: Iterable[Allocation], numbers: Mapping[str, str]) -> str:
    return ", ".join(sorted({numbers[part.invoice_id] for part in parts if part.invoice_id in numbers}))


def of_event(story: Story, event: Event) -> Iterator[Phrase]:
    """What Kulant did, and what the customer said."""
    data = event.data
    request = story.requests.get(getattr(data, "reminder_id", None) or "")
    if isinstance(data, DeliverySentV1) and request is not None:
        yield _sent(data, request)
    elif isinstance(data, DeliverySuppressedV1) and request is not None:
        yield from _suppressed(story, data, request)
    elif isinstance(data, DeliveryBouncedV1):
        yield Phrase("bounced", "The mail comes back: there is no such mailbox.")
    elif isinstance(data, DeliveryFailedV1):
        yield Phrase("failed", "There is no way left to write to this customer: a person is told.")
    elif isinstance(data, ResponseEventData):
        yield from _said(data)
    elif isinstance(data, CasePromiseKeptV1):
        yield Phrase("kept", "The promise is kept.")
    elif isinstance(data, CasePromiseBrokenV1):
        yield Phrase("broken", "The promised day has passed, and the money has not come.")
    elif isinstance(data, CaseDisputeDecidedV1):
        yield Phrase("decided", f"The objection is decided: {data.outcome.replace('_', ' ')}.")


def _sent(data: DeliverySentV1, request: ReminderRequestedV1) -> Phrase:
    code = request.stage.code
    if code in _CONFIRMED:
        return Phrase("confirmed", f"A mail confirms {_CONFIRMED[code]}.")
    deadline_on = data.deadline_on or request.deadline_on
    asks = f"{_money(request.total)} by {_day(deadline_on)}" if request.kind != "notice" else _money(request.total)
    name = _STAGES.get(code, f"a message ({code.replace('_', ' ')})")
    return Phrase(f"sent {code}", f"By {data.channel}, {name} leaves about {_about(request.items)}: {asks}.")


def _suppressed(story: Story, data: DeliverySuppressedV1, request: ReminderRequestedV1) -> Iterator[Phrase]:
    name = _STAGES.get(request.stage.code, "a message").partition(" ")[2]
    was_put_off = any(one.reminder_id == data.reminder_id for one in story.evidence.put_off)
    if was_put_off and data.reason in _BEATEN:
        words = f"While a {name} about {_about(request.items)} is being handed over, the mail server puts it off;"
        yield Phrase("beaten", f"{words} meanwhile the payment comes, and the mail never leaves.")
        return
    why = _WHY_NOT.get(data.reason, f"not sent: {data.reason.replace('_', ' ')}")
    yield Phrase(f"suppressed {data.reason}", f"A {name} about {_about(request.items)} is {why}.")


def _said(data: ResponseEventData) -> Iterator[Phrase]:
    if isinstance(data, ResponsePromiseMadeV1):
        yield Phrase("promise", f"The customer answers on the page: “I will pay on {_day(data.on)}.”")
    elif isinstance(data, ResponsePaymentClaimedV1):
        yield Phrase("claim", "The customer answers on the page: “I have paid.”")
    elif isinstance(data, ResponseDisputedV1):
        part = f"{_money(data.money)} of it" if data.money else "it"
        yield Phrase("dispute", f"The customer contests {part} on the page ({data.reason.replace('_', ' ')}).")
    elif isinstance(data, ResponseQuestionAskedV1):
        yield Phrase("question", "The customer asks something on the page.")
    elif isinstance(data, ResponseContactRefusedV1):
        yield Phrase("refusal", f"The customer wants nothing more by {data.refused_channel}.")
    else:
        yield Phrase("said", f"The customer says something: {data.TYPE.split('.')[-2].replace('_', ' ')}.")


def _about(items: Iterable[ReminderItem]) -> str:
    return ", ".join(item.number for item in items)


def _money(money: Money) -> str:
    return amount(money.amount_minor, money.currency)


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
