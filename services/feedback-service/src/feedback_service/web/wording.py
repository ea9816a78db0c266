"""What the page says about answers: what was wrong, what was recorded, what happens next."""

from datetime import date

from feedback_service.domain.answer import Answer, PaymentClaimed, PaymentMethod
from feedback_service.domain.form import Fault, last_promise_day
from feedback_service.domain.item import Debt
from feedback_service.web.formatting import amount, day

METHODS = (
    (PaymentMethod.BANK_TRANSFER, "Bank transfer"),
    (PaymentMethod.DIRECT_DEBIT, "Direct debit"),
    (PaymentMethod.CARD, "Card"),
    (PaymentMethod.OTHER, "Another way"),
)


def fault_text(fault: Fault, today: date, debt: Debt) -> str:
    """One sentence that says what to change."""
    texts = {
        Fault.DAY_MISSING: "Please name the day.",
        Fault.DAY_UNREADABLE: f"Please write the day like this: {today.isoformat()}.",
        Fault.DAY_IN_FUTURE: "This day has not come yet. If you will pay then, please choose “I will pay on …”.",
        Fault.DAY_LONG_AGO: "This day is more than a year ago. Please check the year.",
        Fault.DAY_IN_PAST: "This day has passed. If you have paid already, please choose “I have paid”.",
        Fault.DAY_TOO_FAR: f"Please name a day until {day(last_promise_day(today))}, or contact us if you need longer.",
        Fault.AMOUNT_UNREADABLE: "Please write the amount in figures, for example 120.00.",
        Fault.AMOUNT_ZERO: "Please enter an amount above zero.",
        Fault.AMOUNT_TOO_HIGH: f"This is more than what is open. Please enter at most {_total(debt)}.",
        Fault.ITEMS_MISSING: "Please choose at least one invoice.",
    }
    return texts[fault]


def _total(debt: Debt) -> str:
    return amount(debt.total_minor, debt.currency)


def answer_text(answer: Answer) -> str:
    """What the customer said, in the customer's own person."""
    statement = answer.statement
    money = amount(answer.money.amount_minor, answer.money.currency)
    if isinstance(statement, PaymentClaimed):
        how = dict(METHODS).get(statement.method) if statement.method else None
        return f"You paid {money} on {day(statement.on)}{f' ({how.lower()})' if how else ''}."
    return f"You will pay {money} on {day(statement.on)}."


def next_step_text(answer: Answer) -> str:
    """What happens now, without promising more than the facts allow."""
    if isinstance(answer.statement, PaymentClaimed):
        return (
            "We are now looking for your payment. A bank transfer usually takes one or two working days to reach us. "
            "Once it is here, this page shows it and the matter is closed. "
            "Should we not find it, we will get back to you."
        )
    return (
        f"We have noted your promise and do not remind you of this amount until {day(answer.statement.on)}. "
        "Once your payment is here, this page shows it. Should something come up, please tell us here before that day."
    )
