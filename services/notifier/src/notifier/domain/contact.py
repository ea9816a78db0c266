"""Over which channel to whom: the first wanted channel that has a contact who can be written to."""

from dataclasses import dataclass

from notifier.domain.address import usable_address
from notifier.domain.party import Contact, Customer

# The role that best fits a word about unpaid invoices comes first; a role that is not told counts as `other`.
_ROLE_ORDER = ("dunning", "billing", "other", "management", "legal_representative")
_CHANNELS = ("email",)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A contact with the address as it goes on the wire."""

    contact: Contact
    channel: str
    address: str


def choose_recipient(customer: Customer, channels: tuple[str, ...], language: str) -> Recipient | None:
    """Who gets the message; None where no wanted channel has a usable contact.

    Among equals of a role the one who speaks the message's language comes first, then the order of the ERP.
    """
    for channel in channels:
        if channel not in _CHANNELS:
            continue
        usable = [
            Recipient(contact, channel, address)
            for contact in customer.contacts
            if contact.channel == channel
            and not contact.is_refused
            and not contact.is_unusable
            and (address := usable_address(contact.address))
        ]
        if usable:
            return min(usable, key=lambda one: (_rank(one.contact.role), one.contact.language not in (None, language)))
    return None


def _rank(role: str | None) -> int:
    return _ROLE_ORDER.index(role) if role in _ROLE_ORDER else _ROLE_ORDER.index("other")
