"""What customers said, as the engine keeps it: ids, days, sums and channels, never words or addresses."""

from uuid import UUID

from dunning_engine.domain.answers import (
    About,
    Dispute,
    PaymentClaim,
    Preference,
    Promise,
    Question,
    Refusal,
    Represented,
)
from dunning_engine.domain.learned import Answer
from kulant_contracts.money import Money
from kulant_contracts.response import (
    AboutItem,
    ResponseChannelPreferredV1,
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseDisputedV1,
    ResponseDocumentRequestedV1,
    ResponseEventData,
    ResponseExtensionRequestedV1,
    ResponseHardshipSignalledV1,
    ResponsePaymentClaimedV1,
    ResponsePlanRequestedV1,
    ResponsePromiseMadeV1,
    ResponseQuestionAskedV1,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)

QUESTIONS: dict[type[ResponseEventData], str] = {
    ResponseQuestionAskedV1: "question",
    ResponseDocumentRequestedV1: "document",
    ResponseExtensionRequestedV1: "extension",
    ResponsePlanRequestedV1: "plan",
    ResponseHardshipSignalledV1: "hardship",
}
"""What a person has to answer, by the kind that decisions know it by."""


def answer_of(data: ResponseEventData) -> Answer | None:
    """An answer as decisions know it; None for one that means nothing to them, such as a rating."""
    said, about = (data.response_id, data.said_at), _about(data)
    match data:
        case ResponsePromiseMadeV1():
            return Promise(*said, data.on, about, _minor(data.money))
        case ResponsePaymentClaimedV1():
            return PaymentClaim(*said, about, data.on, _minor(data.money))
        case ResponseDisputedV1():
            return Dispute(*said, about, _minor(data.money), data.reason)
        case ResponseContactRefusedV1():
            return Refusal(*said, data.refused_channel, data.contact_id, about)
        case ResponseRepresentedV1():
            return Represented(*said)
        case _:
            return _preference(data, about) or _question(data, about)


def _question(data: ResponseEventData, about: About) -> Question | None:
    kind = QUESTIONS.get(type(data))
    return Question(data.response_id, kind, data.said_at, about) if kind is not None else None


def _preference(data: ResponseEventData, about: About) -> Preference | None:
    match data:
        case ResponseChannelPreferredV1():
            return Preference(data.response_id, "preferred", data.said_at, data.preferred_channel, about)
        case ResponseContactCorrectedV1():
            return Preference(data.response_id, "corrected", data.said_at, data.corrected_channel, about)
        case ResponseWrongPersonV1():
            return Preference(data.response_id, "wrong_person", data.said_at, data.reached_channel, about)
        case _:
            return None


def _about(data: ResponseEventData) -> About:
    money = data.money if isinstance(data, _WITH_MONEY) else None
    return About(
        item_id=data.item_id if isinstance(data, AboutItem) else None,
        currency=money.currency if money is not None else None,
        reminder_id=uuid_of(data.reminder_id) if data.reminder_id is not None else None,
        invoice_id=data.invoice_id if isinstance(data, AboutItem) else None,
    )


_WITH_MONEY = (ResponsePromiseMadeV1, ResponsePaymentClaimedV1, ResponseDisputedV1)


def _minor(money: Money | None) -> int | None:
    return money.amount_minor if money is not None else None


def uuid_of(text: str) -> UUID | None:
    """An id of ours; None for one that cannot be."""
    try:
        return UUID(text)
    except ValueError:
        return None
