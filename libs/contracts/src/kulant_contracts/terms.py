"""Terms under which an invoice is owed: what for, since when, how it can be paid."""

from typing import Annotated, Literal

from pydantic import Field

from kulant_contracts.wire import Code, Day, Id, Line, OpenEnum, Rate, Url, Wire

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
