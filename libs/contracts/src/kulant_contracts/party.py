"""People and organisations as they appear in facts about creditors and customers."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kulant_contracts.money import Currency
from kulant_contracts.wire import (
    Bic,
    Code,
    Country,
    Flag,
    Iban,
    Id,
    Instant,
    Key,
    Language,
    Line,
    OpenEnum,
    Url,
    Wire,
)

EMAIL: Final = "email"
SMS: Final = "sms"
WHATSAPP: Final = "whatsapp"
PHONE: Final = "phone"
POST: Final = "post"

Channel = Annotated[Code, Field(json_schema_extra={"x-open-enum": [EMAIL, SMS, WHATSAPP, PHONE, POST]})]
CustomerKind = Annotated[
    Literal["business", "consumer", "public", "unknown"],
    OpenEnum(unknown="unknown"),
]
Role = Annotated[
    Literal["billing", "dunning", "management", "legal_representative", "other"],
    OpenEnum(unknown="other"),
]
Salutation = Annotated[Literal["ms", "mr", "none"], OpenEnum(unknown="none")]
Profile = dict[Key, Line]


class Address(Wire):
    """A postal address."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)] = Field(
        description="Street, house number, box and the like, in the order in which they are printed"
    )
    postal_code: Line
    city: Line
    country: Country = Field(description="ISO 3166-1 alpha-2")


class Reach(Wire):
    """How a creditor can be reached by its customers."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    url: Url | None = None


class Clerk(Wire):
    """The person at the creditor who looks after this customer or invoice."""

    name: Line
    phone: Line | None = None
    email: Line | None = None


class BankAccount(Wire):
    """An account of the creditor that customers pay into."""

    account_id: Id
    iban: Iban = Field(description="Check digits must be right; spaces are taken out")
    bic: Bic | None = None
    holder: Line
    bank_name: Line | None = None
    currency: Currency | None = Field(default=None, description="ISO 4217; absent: any")


class Consent(Wire):
    """Whether the customer agreed to be written to at this contact."""

    given: Flag
    at: Instant = Field(description="When it was given or taken back")
    source: Line = Field(description="Where that was said: a form, a contract, a call")


class Contact(Wire):
    """One way to reach a customer over one channel."""

    contact_id: Id
    channel: Channel = Field(description="A reader passes over contacts of channels that it does not know")
    address: Line | None = Field(default=None, description="E-mail address or phone number; for every channel but post")
    postal: Address | None = Field(default=None, description="For channel post")
    role: Role | None = None
    salutation: Salutation | None = None
    title: Line | None = None
    given_name: Line | None = None
    family_name: Line | None = None
    greeting: Line | None = Field(default=None, description="Used verbatim instead of one that Kulant would make")
    language: Language | None = Field(default=None, description="BCP 47; absent: the customer's")
    consent: Consent | None = None
    unusable: Flag | None = Field(default=None, description="True: known not to work; nothing is sent there")

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if (self.postal if self.channel == POST else self.address) is None:
            raise PydanticCustomError("contact_without_address", "the contact has no address for its channel")
        return self
