"""Facts as they come in, each with what decides whether it is news: the highest version of an entity wins."""

from dataclasses import dataclass
from datetime import datetime

from dunning_engine.domain.answers import (
    Dispute,
    Hold,
    PaymentClaim,
    Preference,
    Promise,
    Question,
    Refusal,
    Represented,
)
from dunning_engine.domain.facts import Credit, Creditor, Customer, Delivery, Item, Tenant

Answer = Promise | PaymentClaim | Dispute | Question | Refusal | Preference | Represented


@dataclass(frozen=True, slots=True)
class TenantLearned:
    """A tenant, its clock, and the version at which anything but the clock changed last."""

    slug: str
    tenant: Tenant
    mode: str
    test_now_at: datetime | None
    version: int
    settings_version: int


@dataclass(frozen=True, slots=True)
class CreditorLearned:
    """A creditor of a tenant."""

    slug: str
    creditor: Creditor
    version: int


@dataclass(frozen=True, slots=True)
class PaymentsCheckedLearned:
    """Up to here every payment to a creditor is known."""

    slug: str
    creditor_id: str
    seen_until_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class CustomerLearned:
    """A customer; `key` is tenant and customer id, as on the bus."""

    key: str
    customer: Customer


@dataclass(frozen=True, slots=True)
class CustomerErasedLearned:
    """A customer is to be forgotten: nothing is sent any more."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class CreditLearned:
    """Money of a customer's that is not allocated; zero: none is left."""

    key: str
    credit: Credit
    version: int


@dataclass(frozen=True, slots=True)
class ItemLearned:
    """An item, with the trace, the chain and the id of the fact that told of it."""

    key: str
    item: Item
    traceparent: str | None = None
    correlation_id: str | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class HoldLearned:
    """A hold that was set or lifted."""

    key: str
    hold: Hold
    is_set: bool
    version: int


@dataclass(frozen=True, slots=True)
class AnswerLearned:
    """Something that the customer said, by an id that never means anything else."""

    key: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class DeliveryLearned:
    """What the notifier says became of a reminder, by the attempt's own id."""

    key: str
    delivery_id: str
    delivery: Delivery


Learned = (
    TenantLearned
    | CreditorLearned
    | PaymentsCheckedLearned
    | CustomerLearned
    | CustomerErasedLearned
    | CreditLearned
    | ItemLearned
    | HoldLearned
    | AnswerLearned
    | DeliveryLearned
)
