"""Terms under which an invoice is owed: what for, since when, how it can be paid."""

from typing import Annotated, Literal

from pydantic import Field

from kulant_contracts.money import Money, Owed
from kulant_contracts.wire import Code, Day, Flag, Id, Line, OpenEnum, Rate, Stage, Url, Wire

Claim = Annotated[
    Literal["goods_services", "down_payment", "fee", "interest", "damages", "loan", "other"],
    OpenEnum(unknown="other"),
]
DueBasis = Annotated[Literal["agreed", "unilateral", "statutory"], OpenEnum(unknown=None)] | None


class AgreedInterest(Wire):
    """Default interest that the parties agreed on."""

    rate_percent: Rate = Field(description="Percent per year, a decimal string: 9.12")


class PaymentLink(Wire):
    """A page on which this invoice can be paid."""

    method: Code
    url: Url


class DirectDebit(Wire):
    """The creditor will collect the amount itself."""

    mandate_id: Id
    collect_on: Day


class PaymentTerms(Wire):
    """How this invoice can be paid."""

    account_id: Id | None = Field(default=None, description="The creditor's bank account to pay into")
    reference: Line | None = Field(default=None, description="What the payer should write, so that it is matched")
    links: Annotated[tuple[PaymentLink, ...], Field(max_length=20)] = ()
    direct_debit: DirectDebit | None = None


class PaymentReturned(Wire):
    """A payment of this item came back: the claim stands again as if it had never been paid."""

    payment_id: Id
    on: Day
    is_direct_debit: Flag = Field(description="The creditor had collected it")
    reason_code: Code | None = Field(default=None, description="The bank's code: AC04, AM04, MD01, MD06, MS03")
    bank_fee: Owed | None = None
    mandate_usable: Flag | None = Field(default=None, description="False: nothing more is collected by this mandate")
    recollect_on: Day | None = Field(default=None, description="The day of the next attempt to collect")


class Discount(Wire):
    """What may be taken off when the item is paid early."""

    until_on: Day
    money: Owed


class PriorDunning(Wire):
    """What the old system did about this item before Kulant took over."""

    stage: Stage
    last_sent_on: Day | None = None
    deadline_on: Day | None = None
    default_since_on: Day | None = None
    costs_claimed: Annotated[tuple[Money, ...], Field(max_length=100)] = ()
