"""All that is known about one customer; facts may arrive in any order and more than once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.credit import CreditKey, Credits
from invoice_service.domain.customer import Customer
from invoice_service.domain.hold import Hold, KnownHold
from invoice_service.domain.invoice import Invoice, ItemStanding
from invoice_service.domain.payment import Booked, Payment, PaymentName
from invoice_service.domain.place import Place
from invoice_service.domain.stated import BalancesStated, ItemKey, Stated
from invoice_service.domain.trail import Trail

AccountFact = Customer | Invoice | Payment | Cancellation | Hold | BalancesStated
PayerAndName = tuple[str, Kind, str]
"""Who paid, and the payment's name: a correction may name another payer under the same name."""


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """The customer as told, and how it was last announced: at which place, and under which version of Kulant's own.

    `sequence` is that of the announcement.
    """

    customer: Customer
    is_announced: bool = False
    announced_place: Place | None = None
    announced_version: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class KnownInvoice:
    """An invoice as told, how its items were last published, and where it came from.

    `excess_minor` is what was paid for it and found nothing left to close.
    """

    invoice: Invoice
    is_announced: bool = False
    standings: Mapping[str, ItemStanding] = field(default_factory=dict)
    trail: Trail = field(default_factory=Trail)
    excess_minor: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether neither time, a zone nor an announcement can change it any more, nor is it part of a credit."""
        is_final = all(standing.state.is_final for standing in self.standings.values())
        return self.is_announced and is_final and not self.excess_minor


@dataclass(frozen=True, slots=True)
class Account:
    """One customer's facts, each entity in its highest version.

    Invoices that neither time nor the facts at hand can change may be absent, and so may payments that the ERP gave
    away wholly and that bear on none of the invoices. `payments` are also those of other customers that name the
    account's invoices or share the name of a payment that does; `cancellations` those of all these.
    """

    tenant: str
    customer_id: str
    customer: KnownCustomer | None = None
    invoices: Mapping[str, KnownInvoice] = field(default_factory=dict)
    payments: Mapping[PayerAndName, Payment] = field(default_factory=dict)
    cancellations: Mapping[tuple[Kind, str], Cancellation] = field(default_factory=dict)
    holds: Mapping[str, KnownHold] = field(default_factory=dict)
    stated: Mapping[ItemKey, Stated] = field(default_factory=dict)
    credits: Credits = field(default_factory=dict)

    def record(self, fact: AccountFact, trail: Trail | None = None) -> "Account":
        """The account that also knows `fact`; the very same object if it knew as much before."""
        match fact:
            case Customer():
                return self._record_customer(fact)
            case Invoice():
                return self._record_invoice(fact, trail or Trail())
            case Payment():
                return self._record_payment(fact)
            case Cancellation():
                return self._record_cancellation(fact, trail or Trail())
            case Hold():
                return self._record_hold(fact)
            case BalancesStated():
                newer = fact.newer_than(self.stated)
                return replace(self, stated={**self.stated, **newer}) if newer else self

    def cancelled_by(self, invoice: Invoice) -> Cancellation | None:
        """What made the invoice void. Of equal versions the cancellation counts: rather one reminder too few."""
        cancellation = self.cancellations.get((Kind.INVOICE, invoice.invoice_id))
        is_of_customer = cancellation is not None and cancellation.customer_id == invoice.customer_id
        return cancellation if cancellation and is_of_customer and cancellation.version >= invoice.version else None

    def booked(self) -> list[Booked]:
        """Payments in their highest version, whoever paid: a correction may name another payer.

        Where two customers have a payment of the same name and version, both count: rather one reminder too few.
        """
        highest: dict[PaymentName, int] = {}
        for payment in self.payments.values():
            highest[payment.name] = max(payment.version, highest.get(payment.name, payment.version))
        return [
            Booked(payment, self._taken_back_by(payment))
            for payment in self.payments.values()
            if payment.version == highest[payment.name]
        ]

    def _taken_back_by(self, payment: Payment) -> Cancellation | None:
        cancellation = self.cancellations.get(payment.name)
        return cancellation if cancellation and cancellation.version >= payment.version else None

    def payment_names_of(self, name: PaymentName) -> set[str]:
        """The invoices that a payment names, in the versions that are known, whoever paid."""
        return {
            invoice_id
            for payment in self.payments.values()
            if payment.name == name
            for invoice_id in payment.invoice_ids
        }

    def with_sequences(self, spoken: Iterable[tuple[str, str, int]]) -> "Account":
        """Notes for (invoice, item, sequence) which event last spoke of the item."""
        invoices = dict(self.invoices)
        for invoice_id, item_id, sequence in spoken:
            known = invoices[invoice_id]
            standing = replace(known.standings[item_id], sequence=sequence)
            invoices[invoice_id] = replace(known, standings={**known.standings, item_id: standing})
        return replace(self, invoices=invoices)

    def with_hold_sequence(self, hold_id: str, sequence: int) -> "Account":
        """Notes which event last spoke of a hold."""
        return replace(self, holds={**self.holds, hold_id: replace(self.holds[hold_id], sequence=sequence)})

    def with_credit_sequence(self, key: CreditKey, sequence: int) -> "Account":
        """Notes which event last spoke of a credit."""
        return replace(self, credits={**self.credits, key: replace(self.credits[key], sequence=sequence)})

    def _record_customer(self, fact: Customer) -> "Account":
        known = self.customer
        if known is None:
            return replace(self, customer=KnownCustomer(fact))
        if fact.version <= known.customer.version:
            return self
        is_same = replace(fact, version=known.customer.version) == known.customer
        newer = replace(known, customer=fact, is_announced=known.is_announced and is_same)
        return replace(self, customer=newer)

    def _record_invoice(self, fact: Invoice, trail: Trail) -> "Account":
        known = self.invoices.get(fact.invoice_id)
        if known is None:
            newer = KnownInvoice(fact, trail=trail)
        elif fact.version <= known.invoice.version:
            return self
        else:
            is_same = replace(fact, version=known.invoice.version) == known.invoice
            is_revived = self.cancelled_by(known.invoice) is not None and self.cancelled_by(fact) is None
            is_announced = known.is_announced and is_same and not is_revived
            newer = replace(known, invoice=fact, is_announced=is_announced, trail=trail)
        return replace(self, invoices={**self.invoices, fact.invoice_id: newer})

    def _record_payment(self, fact: Payment) -> "Account":
        key = (fact.customer_id, *fact.name)
        known = self.payments.get(key)
        if known is not None and fact.version <= known.version:
            return self
        return replace(self, payments={**self.payments, key: fact})

    def _record_cancellation(self, fact: Cancellation, trail: Trail) -> "Account":
        known = self.cancellations.get(fact.name)
        if known is not None and fact.version <= known.version:
            return self
        account = replace(self, cancellations={**self.cancellations, fact.name: fact})
        cancelled = self.invoices.get(fact.entity_id) if fact.kind is Kind.INVOICE else None
        if cancelled is None or account.cancelled_by(cancelled.invoice) is None:
            return account
        untold = replace(cancelled, is_announced=False, trail=trail)
        return replace(account, invoices={**self.invoices, fact.entity_id: untold})

    def _record_hold(self, fact: Hold) -> "Account":
        known = self.holds.get(fact.hold_id)
        if known is not None and fact.version <= known.hold.version:
            return self
        is_same = known is not None and replace(fact, version=known.hold.version) == known.hold
        newer = replace(known or KnownHold(fact), hold=fact)
        newer = replace(newer, is_announced=newer.is_announced and is_same)
        return replace(self, holds={**self.holds, fact.hold_id: newer})
