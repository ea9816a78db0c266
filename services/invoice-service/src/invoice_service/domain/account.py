"""All that is known about one customer; facts may arrive in any order and more than once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from invoice_service.domain.customer import Customer
from invoice_service.domain.invoice import Invoice, ItemStanding
from invoice_service.domain.payment import Payment
from invoice_service.domain.place import Place
from invoice_service.domain.trail import Trail

AccountFact = Customer | Invoice | Payment


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
    """An invoice as told, how its items were last published, and where it came from."""

    invoice: Invoice
    is_announced: bool = False
    standings: Mapping[str, ItemStanding] = field(default_factory=dict)
    trail: Trail = field(default_factory=Trail)

    @property
    def is_closed(self) -> bool:
        """Whether neither time, a zone nor an announcement can change it any more."""
        return self.is_announced and all(standing.state.is_final for standing in self.standings.values())


@dataclass(frozen=True, slots=True)
class Account:
    """One customer's facts, each entity in its highest version.

    Invoices that neither time nor the facts at hand can change may be absent. `payments` are the customer's own;
    `others_payments` (by payer and payment) are those of other customers that bear on it, because they name its
    invoices or share the id of a payment that does. `others_invoices` tells the currency of the invoices of other
    customers that its own payments name, as far as they are known.
    """

    tenant: str
    customer_id: str
    customer: KnownCustomer | None = None
    invoices: Mapping[str, KnownInvoice] = field(default_factory=dict)
    payments: Mapping[str, Payment] = field(default_factory=dict)
    others_payments: Mapping[tuple[str, str], Payment] = field(default_factory=dict)
    others_invoices: Mapping[str, str] = field(default_factory=dict)

    def record(self, fact: AccountFact, trail: Trail | None = None) -> "Account":
        """The account that also knows `fact`; the very same object if it knew as much before."""
        match fact:
            case Customer():
                return self._record_customer(fact)
            case Invoice():
                return self._record_invoice(fact, trail or Trail())
            case Payment():
                return self._record_payment(fact)

    def counting_payments(self) -> list[Payment]:
        """Payments in their highest version, whoever paid: a correction may name another payer.

        Where two customers have a payment of the same id and version, both count: rather one reminder too few.
        """
        known = [*self.payments.values(), *self.others_payments.values()]
        highest: dict[str, int] = {}
        for payment in known:
            highest[payment.payment_id] = max(payment.version, highest.get(payment.payment_id, payment.version))
        return [payment for payment in known if payment.version == highest[payment.payment_id]]

    def payments_by_invoice(self) -> dict[str, list[Payment]]:
        """For each invoice the payments that say something about it, whoever paid."""
        found: dict[str, list[Payment]] = {}
        for payment in self.counting_payments():
            for invoice_id in {allocation.invoice_id for allocation in payment.allocations}:
                found.setdefault(invoice_id, []).append(payment)
        return found

    def with_sequences(self, spoken: Iterable[tuple[str, str, int]]) -> "Account":
        """Notes for (invoice, item, sequence) which event last spoke of the item."""
        invoices = dict(self.invoices)
        for invoice_id, item_id, sequence in spoken:
            known = invoices[invoice_id]
            standing = replace(known.standings[item_id], sequence=sequence)
            invoices[invoice_id] = replace(known, standings={**known.standings, item_id: standing})
        return replace(self, invoices=invoices)

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
            newer = replace(known, invoice=fact, is_announced=known.is_announced and is_same, trail=trail)
        return replace(self, invoices={**self.invoices, fact.invoice_id: newer})

    def payment(self, customer_id: str, payment_id: str) -> Payment | None:
        """What is known of a customer's payment, be it this one or another."""
        if customer_id == self.customer_id:
            return self.payments.get(payment_id)
        return self.others_payments.get((customer_id, payment_id))

    def _record_payment(self, fact: Payment) -> "Account":
        known = self.payment(fact.customer_id, fact.payment_id)
        if known is not None and fact.version <= known.version:
            return self
        if fact.customer_id != self.customer_id:
            return replace(self, others_payments={**self.others_payments, (fact.customer_id, fact.payment_id): fact})
        return replace(self, payments={**self.payments, fact.payment_id: fact})
