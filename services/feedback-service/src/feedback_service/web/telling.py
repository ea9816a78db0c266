"""What the page says about answers, rests and next steps, in one language."""

from collections.abc import Sequence

from feedback_service.domain import answer as said
from feedback_service.domain.answer import Answer, Outcome, RecordedAnswer
from feedback_service.domain.form import Flaw
from feedback_service.domain.item import Debt
from feedback_service.domain.standing import Ahead, Outlook, Rest, RestReason
from feedback_service.usecases.show_page import Page
from feedback_service.web.tongue import Tongue

SHOWN_NUMBERS = 5
_TAKEN_AS_NOTED = (said.Disputed, said.QuestionAsked)


def fault_text(flaw: Flaw, page: Page, currency: str, tongue: Tongue) -> str:
    """One sentence that says what to change."""
    values: dict[str, object] = {"example": page.today.isoformat()}
    if flaw.limit_on:
        values["day"] = tongue.day(flaw.limit_on)
    if flaw.limit_minor is not None:
        values["amount"] = tongue.amount(flaw.limit_minor, currency)
    return tongue.say(f"fault_{flaw.fault}", **values)


def answer_text(answer: Answer, tongue: Tongue) -> str:
    """What the customer said, to the customer."""
    say, statement = tongue.say, answer.statement
    amount = tongue.amount(answer.money.amount_minor, answer.money.currency) if answer.money else None
    match statement:
        case said.PaymentClaimed(on=on, method=None):
            return say("said_paid", amount=amount, day=tongue.day(on))
        case said.PaymentClaimed(on=on, method=method):
            return say("said_paid_how", amount=amount, day=tongue.day(on), how=say(f"method_{method}"))
        case said.PromiseMade(on=on):
            return say("said_promise", amount=amount, day=tongue.day(on))
        case said.ExtensionRequested(on=on):
            return say("said_extension", day=tongue.day(on))
        case said.Disputed(reason=reason) if amount:
            return say("said_disputed_part", amount=amount, reason=say(f"reason_{reason}"))
        case said.Disputed(reason=reason):
            return say("said_disputed", reason=say(f"reason_{reason}"))
        case said.Rated(stars=stars):
            return say("said_rated", stars=stars)
    return _plain_text(statement, tongue)


_PLAIN: dict[type, str] = {
    said.QuestionAsked: "said_question",
    said.DocumentRequested: "said_copy",
    said.PlanRequested: "said_plan",
    said.HardshipSignalled: "said_hardship",
    said.WrongPerson: "said_wrong_person",
    said.Represented: "said_represented",
}


def _plain_text(statement: said.Statement, tongue: Tongue) -> str:
    match statement:
        case said.ContactRefused(refused=channel):
            return tongue.say("said_refused", channel=tongue.say(f"channel_{channel}"))
        case said.ContactCorrected(corrected=channel):
            return tongue.say("said_corrected", channel=tongue.say(f"channel_{channel}"))
        case said.ChannelPreferred(preferred=channel):
            return tongue.say("said_preferred", channel=tongue.say(f"channel_{channel}"))
    return tongue.say(_PLAIN[type(statement)])


_THEN: dict[type, str] = {
    said.PaymentClaimed: "then_paid",
    said.Disputed: "then_disputed",
    said.QuestionAsked: "then_question",
    said.DocumentRequested: "then_copy",
    said.ExtensionRequested: "then_time",
    said.PlanRequested: "then_time",
    said.HardshipSignalled: "then_time",
    said.ContactRefused: "then_contact",
    said.ContactCorrected: "then_contact",
    said.ChannelPreferred: "then_contact",
    said.WrongPerson: "then_wrong_person",
    said.Represented: "then_represented",
    said.Rated: "then_rated",
}


def then_text(answer: Answer, tongue: Tongue) -> str:
    """What happens now, without promising more than the facts allow."""
    if isinstance(answer.statement, said.PromiseMade):
        return tongue.say("then_promise", day=tongue.day(answer.statement.on))
    return tongue.say(_THEN[type(answer.statement)])


def outcome_text(recorded: RecordedAnswer, tongue: Tongue) -> str | None:
    """What became of an answer, in a word or two."""
    if recorded.outcome is None:
        return None
    is_noted = recorded.outcome is Outcome.TAKEN_UP and isinstance(recorded.answer.statement, _TAKEN_AS_NOTED)
    return tongue.say("outcome_noted" if is_noted else f"outcome_{recorded.outcome}")


def next_texts(outlook: Outlook, tongue: Tongue) -> list[str]:
    """What happens next and when, in sentences."""
    if outlook.ahead in {Ahead.NOTHING, Ahead.RESTS}:
        return [tongue.say(f"next_{outlook.ahead}")]
    key = "next_person" if outlook.ahead is Ahead.A_PERSON else "next_write"
    texts = [tongue.say("next_deadline", day=tongue.day(outlook.deadline_on))] if outlook.deadline_on else []
    if outlook.not_before_on and outlook.deadline_on:
        return [*texts, tongue.say(key, day=tongue.day(outlook.not_before_on))]
    return [*texts, tongue.say(f"{key}_soon")]


def rest_text(rest: Rest, debts: Sequence[Debt], tongue: Tongue) -> str:
    """Why something is not reminded of, and until when."""
    what = _what(rest, debts, tongue)
    day = tongue.day(rest.until_on) if rest.until_on else ""
    if rest.reason is RestReason.HELD and rest.until_on:
        return tongue.say("rest_held_until", what=what, day=day)
    return tongue.say(f"rest_{rest.reason}", what=what, day=day)


def _what(rest: Rest, debts: Sequence[Debt], tongue: Tongue) -> str:
    items = [item for debt in debts for item in debt.items]
    numbers = list(dict.fromkeys(item.number for item in items if item.key in rest.keys))
    if not numbers or len(numbers) == len({item.number for item in items}):
        what = tongue.say("rest_all")
        if rest.amount_minor is not None and rest.currency:
            return tongue.amount(rest.amount_minor, rest.currency)
        return what
    shown = ", ".join(numbers[:SHOWN_NUMBERS]) + (" …" if len(numbers) > SHOWN_NUMBERS else "")
    what = tongue.say("rest_invoice" if len(numbers) == 1 else "rest_invoices", numbers=shown)
    if rest.amount_minor is None or rest.currency is None:
        return what
    return tongue.say("rest_part", amount=tongue.amount(rest.amount_minor, rest.currency), what=what)
